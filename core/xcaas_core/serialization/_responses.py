"""From an answer to a value: which of the promised answers it is, and decoding it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from .._errors import DecodeError, XCaaSError
from .._json import loads, uncollected
from .._words import counted
from ..http._media_types import charset_of, is_html, is_json, matches, media_type_of
from ..operations._parameter import Answer, Answers
from ._codecs import Codec, codec_for

if TYPE_CHECKING:
    from ..models import LenientReading
    from ..operations._operation import Operation
    from ..sansio._messages import Response

__all__ = ["AnswerTable", "candidates", "plain_json"]

T = TypeVar("T")
Decode: TypeAlias = "Callable[[Response, LenientReading | None], object]"

_SOMEBODY_ELSE: Final = "Something between here and the service may have answered: check base_url, region and proxies."
_CACHED: Final = 32  # spellings of content types per operation; servers have two or three


def candidates(answers: Answers, status: int) -> tuple[Answer, ...]:
    """The answers that the spec names for a status: its own, those of its range, or the default."""
    found = answers.get(str(status)) or answers.get(f"{status // 100}XX") or answers.get("default") or ()
    return (found,) if isinstance(found, Answer) else found


def plain_json(response: Response) -> object:
    """The body of an answer as JSON values, whatever its operation promises."""
    return _load(response, charset_of(response.headers.get("content-type")))


def _load(response: Response, charset: str) -> object:
    content = response.content
    try:
        return loads(content if charset == "utf-8" else content.decode(charset))
    except (ValueError, RecursionError):
        kind = media_type_of(response.headers.get("content-type")) or "nothing"
        raise DecodeError(
            f"status {response.status} came with {_size(content)} that is not JSON (its type says {kind})",
            advice=_SOMEBODY_ELSE if is_html(kind) else None,
        ) from None


def _size(content: bytes) -> str:
    return f"a body of {counted(len(content), 'byte')}" if content else "an empty body"


class AnswerTable:
    """The successful answers of one operation, compiled. Decoders are found once per status and type."""

    __slots__ = ("_answers", "_decoders", "_package", "_promised")

    def __init__(self, operation: Operation[object]) -> None:
        self._answers = operation.answers
        self._package = operation.product.package
        self._promised = tuple(_all(operation.answers))
        self._decoders: dict[tuple[int, str | None], Decode] = {}

    def is_success(self, status: int) -> bool:
        """Whether a status is one that the operation succeeds with. Every 2xx is, and others (a redirect
        whose address is the result) if the spec lists them."""
        return 200 <= status < 300 or (status < 400 and str(status) in self._answers)

    def value(self, response: Response, lenient: LenientReading | None = None) -> object:
        """Decode a whole answer. `DecodeError` if it is not what was promised."""
        key = (response.status, response.headers.get("content-type"))
        decode = self._decoders.get(key)
        if decode is None:
            decode = self._decoder(response)
            if len(self._decoders) < _CACHED:
                self._decoders[key] = decode
        return decode(response, lenient)

    def check(self, response: Response) -> None:
        """Refuse an answer whose body is about to be streamed and cannot be what was promised."""
        self._choose(response)

    def _decoder(self, response: Response) -> Decode:
        answer = self._choose(response)
        if answer is None:
            return lambda response, lenient: None
        codec = codec_for(answer.annotation, self._package)
        match answer.kind:
            case "json":
                return self._json_decoder(codec, charset_of(response.headers.get("content-type")))
            case "text" | "xml":
                return _text_decoder(codec)
            case "binary":
                return lambda response, lenient: response.content
            case _:
                return lambda response, lenient: self._empty(response)

    def _json_decoder(self, codec: Codec | None, charset: str) -> Decode:
        if codec is None:
            return lambda response, lenient: _load(response, charset) if response.content else self._empty(response)
        decode = codec.decode

        def decode_json(response: Response, lenient: LenientReading | None) -> object:
            if not response.content:
                return self._empty(response)
            with uncollected(len(response.content)):
                return decode(_load(response, charset), owned=True, lenient=lenient)

        return decode_json

    def _choose(self, response: Response) -> Answer | None:
        """The promised answer that this one is, by its media type. None: nothing at all is promised."""
        offered = candidates(self._answers, response.status) or self._promised
        if not offered:
            return None
        sent = media_type_of(response.headers.get("content-type"))
        for fits in (_same, _covers, _related):
            for answer in offered:
                if fits(answer, sent):
                    return answer
        for answer in offered:
            if answer.kind == "empty":
                return answer
        raise _unexpected(offered, response, sent)

    def _empty(self, response: Response) -> object:
        """The value of an answer without a body: None, or the emptiest value of the promised type."""
        bodies = [answer for answer in self._promised if answer.kind != "empty"]
        if not bodies:
            return None
        if len(bodies) == len(self._promised) and response.status not in (204, 205):
            raise DecodeError(f"status {response.status} came with an empty body where {_named(bodies)} was promised")
        answer = bodies[0]
        if answer.kind == "json":
            return _emptiest(codec_for(answer.annotation, self._package))
        return b"" if answer.kind == "binary" else ""


def _all(answers: Answers) -> Iterator[Answer]:
    for found in answers.values():
        yield from (found,) if isinstance(found, Answer) else found


def _same(answer: Answer, sent: str) -> bool:
    return answer.media_type is not None and media_type_of(answer.media_type) == sent


def _covers(answer: Answer, sent: str) -> bool:
    return matches(answer.media_type, sent)


def _related(answer: Answer, sent: str) -> bool:
    """Near enough: servers often name a neighbouring type, or none. A web page is never near."""
    if is_html(sent):
        return False
    match answer.kind:
        case "json":
            return is_json(sent) or sent in ("", "text/plain", "application/octet-stream")
        case "xml":
            return sent == "" or sent.endswith("xml")
        case "text":
            return sent == "" or sent.startswith("text/")
        case "binary":
            # JSON where a sheet or an archive was promised is somebody's message, not the file.
            return not is_json(sent) or media_type_of(answer.media_type) == "application/octet-stream"
        case _:
            return False


def _unexpected(offered: tuple[Answer, ...], response: Response, sent: str) -> DecodeError:
    return DecodeError(
        f"status {response.status} came with {sent or 'no type'} where {_named(offered)} was promised",
        advice=_SOMEBODY_ELSE,
    )


def _named(answers: tuple[Answer, ...] | list[Answer]) -> str:
    return " or ".join(dict.fromkeys(answer.media_type or "nothing" for answer in answers))


def _text_decoder(codec: Codec | None) -> Decode:
    def decode_text(response: Response, lenient: LenientReading | None) -> object:
        text = response.content.decode(charset_of(response.headers.get("content-type")), "replace")
        return text if codec is None else codec.decode(text)

    return decode_text


def _emptiest(codec: Codec | None) -> object:
    if codec is None:
        return None
    nothings: tuple[object, ...] = ({}, [], None)
    for nothing in nothings:
        try:
            return codec.decode(nothing)
        except XCaaSError:
            continue
    raise DecodeError("an empty body came where the spec promises one with required fields")
