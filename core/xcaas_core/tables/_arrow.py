"""What this package needs to know of `pyarrow`, which has no types of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    pass

__all__ = ["ArrowTable"]


class ArrowTable(Protocol):
    """A `pyarrow.Table`, which has no types of its own. DuckDB, polars and others take it as it is."""

    @property
    def num_rows(self) -> int: ...
    @property
    def num_columns(self) -> int: ...
    @property
    def column_names(self) -> list[str]: ...
    def to_pylist(self) -> list[dict[str, object]]: ...
    def to_pydict(self) -> dict[str, list[object]]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
