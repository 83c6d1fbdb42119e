"""Importing openapi-python-client for its parser, without what only its command needs.

Its package imports an HTTP client, a YAML reader, pydantic and parts of the standard library, which
together cost more time than reading a document. None of them is used here: documents are read by
`load`, and `unvalidated` stands for pydantic. So they stand aside during the import, and load when
something asks for them after all.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import unvalidated

_UNUSED = ("httpcore", "httpx", "ruamel", "ruamel.yaml", "ruamel.yaml.error", "importlib.metadata", "email.message")


def load_parser() -> None:
    """Import the library once; every later import of it is an ordinary one.

    A program that wants the library's own validation imports it before the generator; both ways of
    having it give the same types.
    """
    if "openapi_python_client" in sys.modules:
        return
    aside: dict[str, ModuleType] = {name: _Aside(name) for name in _UNUSED if name not in sys.modules}
    aside |= {"pydantic": unvalidated, "pydantic_core": unvalidated}
    before = {name: sys.modules[name] for name in aside if name in sys.modules}
    sys.modules.update(aside)
    try:
        importlib.import_module("openapi_python_client")
    finally:
        for name, module in aside.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        sys.modules.update(before)


class _Aside(ModuleType):
    """Stands for a module until an attribute of it is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("Error"):
            # An exception class is looked at only when something else was raised.
            return type(name, (Exception,), {})
        if name == "version":
            return _version
        if name in ("YAML", "Message"):
            return _later(self.__name__, name)
        return getattr(importlib.import_module(self.__name__), name)


def _version(_: str) -> str:
    return ""  # only its command shows one


def _later(module: str, name: str) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **options)

    return call
