"""Replaces this package in vendored copies without tables."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Generic, TypeVar

__all__ = ["AsyncRows", "Rows"]

T_co = TypeVar("T_co", covariant=True)


class Rows(Generic[T_co]):
    """An iterable."""

    __slots__ = ()

    @abstractmethod
    def __iter__(self) -> Iterator[T_co]: ...


class AsyncRows(Generic[T_co]):
    """The async twin of `Rows`."""

    __slots__ = ()

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[T_co]: ...
