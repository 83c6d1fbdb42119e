from collections.abc import Callable, Iterable

from .block import BlockMetadata

class ReadTask:
    def __init__(
        self,
        read_fn: Callable[[], Iterable[object]],
        metadata: BlockMetadata,
        schema: object = ...,
        per_task_row_limit: int | None = ...,
    ) -> None: ...

class Datasource:
    def __init__(self) -> None: ...
    def get_name(self) -> str: ...
    def estimate_inmemory_data_size(self) -> int | None: ...
    def get_read_tasks(
        self, parallelism: int, per_task_row_limit: int | None = ..., data_context: object = ...
    ) -> list[ReadTask]: ...
