"""What this project uses of fsspec, which has no types of its own."""

from typing import Any

from .spec import AbstractFileSystem as AbstractFileSystem

def filesystem(protocol: str, **storage_options: Any) -> AbstractFileSystem: ...
def open(urlpath: str, mode: str = "rb", **storage_options: Any) -> Any: ...
