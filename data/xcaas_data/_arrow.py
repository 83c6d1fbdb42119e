"""The parts of `pyarrow`, which has no type hints, that this package uses."""

from __future__ import annotations

from typing import Protocol

__all__ = ["ArrowBatch", "ArrowSchema"]


class ArrowSchema(Protocol):
    """A `pyarrow.Schema`: names and types of columns."""

    @property
    def names(self) -> list[str]: ...
    def __arrow_c_schema__(self) -> object: ...


class ArrowBatch(Protocol):
    """A `pyarrow.RecordBatch`: some rows of a table."""

    @property
    def num_rows(self) -> int: ...
    @property
    def schema(self) -> ArrowSchema: ...
    def to_pylist(self) -> list[dict[str, object]]: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> object: ...
