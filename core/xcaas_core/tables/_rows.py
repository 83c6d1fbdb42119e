"""Turning rows into tables: mixed into pagers, and `rows` for any other iterable.

Nothing here imports a table library, or models, before a method is called.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from ._arrow import ArrowTable

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import polars  # type: ignore[import-not-found,unused-ignore]

    from ..models import Codec

__all__ = ["AsyncRows", "Rows", "rows"]

T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R")


class _Typed:
    """What is known of rows before the first of them comes."""

    __slots__ = ()

    def _row_codec(self) -> Codec | None:
        """Return the codec of one row, which gives the columns their types also where there are no rows."""
        return None


class Rows(_Typed, Generic[T_co]):
    """Something to iterate over, as a table. Columns are named after the models' fields in Python.

    Absent fields are empty cells; what no spec knows stands in a column `unknown_fields`, if anything does.
    """

    __slots__ = ()

    @abstractmethod
    def __iter__(self) -> Iterator[T_co]: ...

    def _at_hand(self) -> Collection[object] | None:
        """Return the rows, where nothing has to be fetched for them."""
        return None

    def _repr_html_(self) -> str | None:
        rows = self._at_hand()
        if rows is None:
            return None
        from ._export import html

        return html(list(rows), repr(self))

    def to_dicts(self) -> list[dict[str, object]]:
        """Return one dictionary per row, also for models inside a row; dates and all else stay Python values."""
        from ._export import dicts

        return dicts(self)

    def to_arrow(self) -> ArrowTable:
        """Return a `pyarrow.Table` (extra `arrow`). Models in a row become structs, free JSON becomes text."""
        from ._export import arrow_table

        return arrow_table(list(self), self._row_codec())

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas frame (extra `pandas`). Integers and booleans stay so where some are missing."""
        from ._export import pandas_frame

        return pandas_frame(list(self), self._row_codec())

    def to_polars(self) -> polars.DataFrame:
        """Return a polars frame (extra `polars`)."""
        from ._export import polars_frame

        return polars_frame(list(self), self._row_codec())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file in UTF-8 with a header. Lists and models inside a row become JSON."""
        from ._export import write_csv

        write_csv(list(self), self._row_codec(), path)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file (extra `arrow`)."""
        from ._export import write_parquet

        write_parquet(list(self), self._row_codec(), path)


class AsyncRows(_Typed, Generic[T_co]):
    """The async twin of `Rows`."""

    __slots__ = ()

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[T_co]: ...

    async def to_dicts(self) -> list[dict[str, object]]:
        """See `Rows.to_dicts`."""
        return (await self._gathered()).to_dicts()

    async def to_arrow(self) -> ArrowTable:
        """See `Rows.to_arrow`."""
        return (await self._gathered()).to_arrow()

    async def to_pandas(self) -> pandas.DataFrame:
        """See `Rows.to_pandas`."""
        return (await self._gathered()).to_pandas()

    async def to_polars(self) -> polars.DataFrame:
        """See `Rows.to_polars`."""
        return (await self._gathered()).to_polars()

    async def to_csv(self, path: str | os.PathLike[str]) -> None:
        """See `Rows.to_csv`."""
        (await self._gathered()).to_csv(path)

    async def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """See `Rows.to_parquet`."""
        (await self._gathered()).to_parquet(path)

    async def _gathered(self) -> Rows[T_co]:
        return _Gathered([row async for row in self], self._row_codec)


class _Gathered(Rows[T_co]):
    __slots__ = ("_codec", "_items")

    def __init__(self, items: Iterable[T_co], codec: Callable[[], Codec | None]) -> None:
        self._items = items
        self._codec = codec

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)

    def __repr__(self) -> str:
        return "<Rows>"

    def _row_codec(self) -> Codec | None:
        return self._codec()

    def _at_hand(self) -> Collection[object] | None:
        return self._items if isinstance(self._items, Collection) else None


def rows(items: Iterable[R]) -> Rows[R]:
    """Return any models as a table: `rows(page.content).to_pandas()`."""
    return _Gathered(items, lambda: None)
