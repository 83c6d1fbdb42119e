"""Lists whose first page is asked for apart from the walk over their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...operations._operation import Call
from ...paging._pages import PageSource

if TYPE_CHECKING:
    from ...calls._call_response import CallResponse
    from ...calls._engine import Engine
    from ...paging._walk import ResumeToken
    from ...sansio._steps import Flow

__all__ = ["FirstPage"]


class FirstPage(PageSource[object]):
    """A list. `kept`, the response to `first`, is the first page of the next walk from the start; walks after that ask
    anew."""

    __slots__ = ("kept",)

    def __init__(self, engine: Engine, call: Call[object]) -> None:
        super().__init__(engine, call)
        self.kept: CallResponse[object] | None = None

    def first(self, *, stream: bool) -> Call[object]:
        """Return the call for the first page."""
        call = self.request(self._first_place())
        return Call(call.operation, call.args, call.body, headers=call.headers, stream=stream)

    def response(self, position: ResumeToken) -> Flow[CallResponse[object]]:
        """Ask for the page at a place, unless it is kept."""
        first, kept = self._first_place(), self.kept
        if kept is None or (position.index, position.key) != (first.index, first.key):
            return (yield from super().response(position))
        self.kept = None
        return kept

    def _first_place(self) -> ResumeToken:
        place = self.walk(None).position
        assert place is not None  # a walk that has not begun is not over
        return place
