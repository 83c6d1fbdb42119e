"""Lists whose first page is requested separately."""

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
    """A list. `first_response` is used once, by the next iteration from the start; later ones request it again."""

    __slots__ = ("first_response",)

    def __init__(self, engine: Engine, call: Call[object]) -> None:
        super().__init__(engine, call)
        self.first_response: CallResponse[object] | None = None

    def first(self, *, stream: bool) -> Call[object]:
        """Return the call for the first page."""
        call = self.request(self._first_position())
        return Call(call.operation, call.args, call.body, headers=call.headers, stream=stream)

    def response(self, position: ResumeToken) -> Flow[CallResponse[object]]:
        """Return the page at a position, without a request if it is the first and saved."""
        first, saved = self._first_position(), self.first_response
        if saved is None or (position.index, position.key) != (first.index, first.key):
            return (yield from super().response(position))
        self.first_response = None
        return saved

    def _first_position(self) -> ResumeToken:
        position = self.walk(None).position
        assert position is not None  # None only at the end
        return position
