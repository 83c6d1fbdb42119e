from typing import Generic, TypeVar

T = TypeVar("T")

class incremental(Generic[T]):
    last_value: T | None
    def __init__(self, cursor_path: str, *, initial_value: T, lag: float = ...) -> None: ...

class DltResource:
    name: str
    def __or__(self, other: DltResource) -> DltResource: ...
