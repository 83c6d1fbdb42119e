"""Lists as a Ray Data source, with one task per slice.

Example:
    ray.data.read_datasource(XCaaSDatasource(pieces))
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ray.data.block import BlockMetadata
from ray.data.datasource import Datasource, ReadTask

from ..slices import Slice, SliceError

__all__ = ["XCaaSDatasource"]


class XCaaSDatasource(Datasource):
    """Slices of one operation, which share a schema. `pivot` is that of `Slice.read`."""

    def __init__(self, pieces: Iterable[Slice[Any]], *, pivot: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__()
        self._pieces = list(pieces)
        self._pivot = pivot
        if not self._pieces:
            raise SliceError("there are no slices, so the columns are unknown", advice="Give at least one slice.")

    def get_name(self) -> str:
        return "XCaaS"

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(
        self, parallelism: int, per_task_row_limit: int | None = None, data_context: object = None
    ) -> list[ReadTask]:
        """Return one task per slice. `parallelism` is ignored: a slice is the smallest piece that can be read independently."""
        schema = self._pieces[0].schema(pivot=self._pivot)
        unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None, input_files=None)
        return [
            ReadTask(
                partial(_blocks, piece, self._pivot), unknown, schema=schema, per_task_row_limit=per_task_row_limit
            )
            for piece in self._pieces
        ]


def _blocks(piece: Slice[Any], pivot: Mapping[str, Sequence[str]] | None) -> Iterator[object]:
    """Yield the tables of a slice; a single empty one, with all columns, if there are no rows."""
    pyarrow: Any = importlib.import_module("pyarrow")
    schema = piece.schema(pivot=pivot)
    batches = piece.read(pivot=pivot)
    first = next(batches, None)
    yield pyarrow.Table.from_batches([] if first is None else [first], schema=schema)
    for batch in batches:
        yield pyarrow.Table.from_batches([batch], schema=schema)
