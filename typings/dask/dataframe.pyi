from collections.abc import Callable, Iterable, Sequence
from typing import Any

class DataFrame:
    columns: Any
    dtypes: Any
    npartitions: int
    def __getitem__(self, key: object) -> Any: ...
    def __len__(self) -> int: ...
    def compute(self) -> Any: ...
    def drop_duplicates(self, subset: Sequence[str] | None = ...) -> DataFrame: ...
    def to_parquet(self, path: str, *, write_index: bool = ...) -> None: ...

def from_map(
    func: Callable[..., object],
    *iterables: Iterable[object],
    columns: Sequence[str] | None = ...,
    meta: object = ...,
    label: str | None = ...,
    enforce_metadata: bool = ...,
) -> DataFrame: ...
