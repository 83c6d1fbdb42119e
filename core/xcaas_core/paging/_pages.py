"""Fetching the pages of a list, for both pagers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._errors import ArgumentError, DecodeError, PagingError, ResponseError
from .._json import JSONValue
from .._lazy import public
from .._pointer import put, value_at
from .._text import plural
from ..calls._exchange import exchange
from ..operations._operation import Call
from ..serialization._bodies import EncodedBody
from ..serialization._codecs import codec_for
from ..serialization._compiled import blame_body, blame_parameter
from ..serialization._parameters import plain
from ..tables import Rows
from ._walk import PageIterator, RawPage, ResumeToken

if TYPE_CHECKING:
    from ..calls._call_response import CallResponse
    from ..calls._engine import Engine
    from ..models import Codec, Model
    from ..operations._extensions import PaginationSpec
    from ..sansio._steps import Flow

__all__ = ["Page", "PageSource"]

T = TypeVar("T")
M = TypeVar("M", bound="Model")


@public
class Page(Rows[T]):
    """One page of a list."""

    __slots__ = ("_codec", "_model", "body", "headers", "items", "number", "resume_token")

    items: list[T]

    def __init__(
        self,
        items: list[T],
        *,
        number: int,
        resume_token: str | None,
        headers: Mapping[str, str],
        body: JSONValue,
        model: str | None = None,
        codec: Callable[[], Codec] | None = None,
    ) -> None:
        self._model = model  # the annotation of the whole response
        self._codec = codec  # of an item
        self.items = items
        self.number: int = number
        """The service's number of the page; where it has none, counted from 0."""
        self.resume_token: str | None = resume_token
        """Resumes after this page; None on the last one."""
        self.headers: Mapping[str, str] = headers
        """Headers of the response (totals, rate limits)."""
        self.body: JSONValue = body
        """The whole response as JSON, for other fields than the items; typed by `envelope`."""

    def envelope(self, model: type[M]) -> M:
        """Return the whole response as a model, for totals and summaries besides the items.

        Raises `DecodeError` if the response does not match the model.
        """
        if not isinstance(self.body, dict):
            raise DecodeError(f"the page is not a {model.__name__} but {self._content()}", advice=self._advice(model))
        try:
            return model.from_dict(self.body)
        except DecodeError as error:
            raise DecodeError(
                f"the page is not a {model.__name__} but {self._content()}: {error.args[0]}",
                pointer=error.pointer,
                advice=self._advice(model),
            ) from None

    def _content(self) -> str:
        if not isinstance(self.body, dict):
            return "a list" if isinstance(self.body, list) else "no object"
        return "an object with " + (", ".join(list(self.body)[:8]) or "nothing in it")

    def _advice(self, model: type[Model]) -> str:
        """Return what to do about a model that does not match."""
        expected = (self._model or "").rpartition(".")[2]
        if expected.isidentifier() and expected != model.__name__:
            return f"Give `{expected}`, the model of this call's responses."
        return "`body` is the response as plain JSON."

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def _loaded_rows(self) -> list[T]:
        return self.items

    def _row_codec(self) -> Codec | None:
        return None if self._codec is None else self._codec()

    def __repr__(self) -> str:
        return f"<Page {self.number}: {plural(len(self.items), 'item')}>"


class PageSource(Generic[T]):
    """A call of a list operation, and how to request its pages."""

    __slots__ = ("_body", "call", "engine", "paging")

    def __init__(self, engine: Engine, call: Call[object]) -> None:
        paging = call.operation.paging
        if paging is None:
            raise ArgumentError(f"{call.operation.call} is not paged")
        self.engine: Engine = engine
        self.call: Call[object] = _complete(call, paging)
        self.paging: PaginationSpec = paging
        self._body: JSONValue = None

    @property
    def name(self) -> str:
        return self.call.operation.call

    def walk(self, start: ResumeToken | None) -> PageIterator:
        """Return a new walk, from `start` or from the page in the caller's arguments."""
        return PageIterator(self.paging, start or self._start())

    def fetch(self, walk: PageIterator) -> Flow[RawPage | None]:
        """Fetch the next page of a walk; None at the end of the list."""
        position = walk.position
        if position is None:
            return None
        try:
            response = yield from self.response(position)
        except ResponseError as error:
            if error.status is None or not walk.ends_with(error.status):
                raise
            walk.stop()
            return None
        try:
            page = walk.advance(response.json(), response.headers, response.url)
            page.complete = response.complete
            return page
        except PagingError as error:
            response.complete(error)
            raise
        except RecursionError:
            pass  # raised below, as the frames of this error hold the page
        raise response.complete(DecodeError("the page is nested too deeply"))

    def response(self, position: ResumeToken) -> Flow[CallResponse[object]]:
        """Request the page at a position."""
        return exchange(self.engine, self.request(position))

    def decode(self, page: RawPage) -> list[T]:
        """Return the items of a page, without those that the token of a resumed walk skips. Raises DecodeError."""
        items: Any = page.items
        if self.paging.item is not None:
            codec = self._codec(f"list[{self.paging.item}]")
            try:
                decoded: Any = codec.decode(items, at=self.paging.items, lenient=self.engine.lenient)
            except DecodeError as error:
                page.complete(error)
                raise
            items = decoded
        typed: list[T] = items
        return typed[page.position.skip :]

    def page(self, raw: RawPage, items: list[T]) -> Page[T]:
        """Return a page for callers."""
        number = raw.position.key if self.paging.style == "page" else raw.position.index
        token = None if raw.next is None else raw.next.to_text(self.name)
        return Page(
            items,
            number=int(number or 0),
            resume_token=token,
            headers=raw.headers,
            body=raw.body,
            model=self._model(),
            codec=self.item_codec,
        )

    def _model(self) -> str | None:
        """Return the annotation of a successful response."""
        for status, specs in self.call.operation.responses.items():
            if status.startswith("2"):
                return next((spec.annotation for spec in (specs if isinstance(specs, tuple) else (specs,))), None)
        return None

    def _start(self) -> ResumeToken | None:
        """Return the page that the caller chose with the paging parameter, if any."""
        operation = self.call.operation
        index = None
        if self.paging.within == "body":
            value: object = value_at(self._plain_body(), self.paging.parameter)
        else:
            index = operation.index("query", self.paging.parameter)
            value = None if index is None else self.call.argument(index)
        if value is None or value == "":
            return None
        try:
            return _token_of(value, self.paging)
        except ArgumentError as error:
            if index is None:
                raise blame_body(error, operation) from None
            raise blame_parameter(error, operation, index) from None

    def request(self, position: ResumeToken) -> Call[object]:
        """Return the call for the page at a position."""
        paging, call = self.paging, self.call
        if position.key is None:
            return call
        if paging.style == "link":
            return Call(call.operation, call.args, call.body, link=str(position.key), headers=call.headers)
        if paging.within == "body":
            body = EncodedBody(put(self._plain_body(), paging.parameter, position.key))
            return Call(call.operation, call.args, body, headers=call.headers)
        if paging.alone and position.index > 0:
            arguments = tuple(None if parameter.location == "query" else value for parameter, value in call.arguments)
            call = Call(call.operation, arguments, call.body, headers=call.headers)
        return call.with_argument("query", paging.parameter, position.key)

    def _plain_body(self) -> JSONValue:
        """Return the caller's body as JSON, encoded once for all pages."""
        if self._body is None:
            operation, body = self.call.operation, self.call.body
            codec = codec_for(operation.body.annotation if operation.body else None, operation.product.package)
            try:
                self._body = plain(body) if codec is None else codec.encode(body)
            except (TypeError, ValueError) as error:
                raise blame_body(ArgumentError(str(error)), operation) from None
        return self._body

    def item_codec(self) -> Codec:
        """Return the codec of one item."""
        return self._codec(self.paging.item or "JSONValue")

    def _codec(self, annotation: str) -> Codec:
        from ..models import resolve

        return resolve(annotation, self.call.operation.product.package)


def _token_of(value: Any, paging: PaginationSpec) -> ResumeToken:
    """Return the position of a caller's page number or cursor."""
    if paging.style != "page":
        if isinstance(value, str | int):
            return ResumeToken(value)
        raise ArgumentError(f"a cursor is text or a number, not {type(value).__name__}")
    try:
        number = int(value)  # also a string from a form or a file
    except (TypeError, ValueError, OverflowError):  # the latter for infinity
        shown = repr(value) if isinstance(value, str) else type(value).__name__
        raise ArgumentError(f"a page is a whole number, not {shown}") from None
    return ResumeToken(number, number - (paging.first or 0))


def _complete(call: Call[object], paging: PaginationSpec) -> Call[object]:
    """Return the call with arguments that paging needs, where the caller gave none."""
    for wire, value in paging.send.items():
        position = call.operation.index("query", wire)
        if position is not None and call.argument(position) is None:
            call = call.with_argument("query", wire, value)
    return call
