from collections.abc import Callable, Iterator
from typing import Any

from . import current as current
from . import sources as sources
from .sources import DltResource

class Pipeline:
    def run(self, data: DltResource | list[DltResource]) -> object: ...
    def dataset(self) -> Any: ...
    def sql_client(self) -> Any: ...

def pipeline(
    pipeline_name: str,
    *,
    destination: object = ...,
    dataset_name: str | None = ...,
    pipelines_dir: str | None = ...,
) -> Pipeline: ...
def resource(data: Callable[..., Iterator[object]], *, name: str, selected: bool = ...) -> DltResource: ...
def transformer(
    f: Callable[..., Iterator[object]],
    *,
    name: str,
    primary_key: str | None = ...,
    write_disposition: str = ...,
    parallelized: bool = ...,
) -> DltResource: ...
