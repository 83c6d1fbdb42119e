"""From a response to a value: which of the promised ones it is, and decoding it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from .._errors import DecodeError, XCaaSError
from .._json import JSONValue, loads, uncollected
from .._text import plural
from ..http._media_types import body_text, charset_of, is_html, is_json, matches, media_type_of
from ..operations._parameter import ResponseSpec, ResponseSpecs
from ._codecs import Codec, codec_for

if TYPE_CHECKING:
    from ..models import LenientReading
    from ..operations._operation import Operation
    from ..sansio._messages import Response

__all__ = ["ResponseDecoder", "candidates", "plain_json"]

T = TypeVar("T")
Decode: TypeAlias = "Callable[[Response, LenientReading | None], object]"

_SOMEBODY_ELSE: Final = "Something between here and the service may have responded: check base_url, region and proxies."
_TRUTHS: Final = {"true": True, "false": False}
_CACHED: Final = 32  # spellings of content types per operation; servers have two or three


def candidates(specs: ResponseSpecs, status: int) -> tuple[ResponseSpec, ...]:
    """Return the responses that the spec names for a status: its own, those of its range, or the default."""
    found = specs.get(str(status)) or specs.get(f"{status // 100}XX") or specs.get("default") or ()
    return (found,) if isinstance(found, ResponseSpec) else found


def plain_json(response: Response) -> JSONValue:
    """Return the body of a response as JSON values, whatever its operation promises."""
    try:
        return _load(response, charset_of(response.headers.get("content-type")))
    except DecodeError as error:
        raise error.with_traceback(None) from None  # as in `ResponseDecoder.value`


def _load(response: Response, charset: str) -> JSONValue:
    content = response.content
    try:
        return loads(content if charset == "utf-8" else content.decode(charset))
    except (ValueError, RecursionError):
        pass  # raised below: the context of an error would hold the text
    kind = media_type_of(response.headers.get("content-type")) or "nothing"
    size = f"a body of {plural(len(content), 'byte')}" if content else "an empty body"
    raise DecodeError(
        f"status {response.status} came with {size} that is not JSON (its type says {kind})",
        advice=_SOMEBODY_ELSE if is_html(kind) else None,
    )


class ResponseDecoder:
    """The successful responses of one operation, compiled. Decoders are found once per status and type."""

    __slots__ = ("_decoders", "_package", "_paged", "_promised", "_specs")

    def __init__(self, operation: Operation[object]) -> None:
        self._specs = operation.responses
        self._package = operation.product.package
        self._paged = operation.paging is not None
        self._promised = tuple(_all(operation.responses))
        self._decoders: dict[tuple[int, str | None], Decode] = {}

    def is_success(self, status: int) -> bool:
        """Return whether a status is one that the operation succeeds with. Every 2xx is, and others (a redirect
        whose address is the result) if the spec lists them."""
        return 200 <= status < 300 or (status < 400 and str(status) in self._specs)

    def value(self, response: Response, lenient: LenientReading | None = None) -> Any:
        """Decode a whole response. `DecodeError` if it is not what was promised."""
        try:
            return self._decoder(response)(response, lenient)
        except XCaaSError as error:
            # Tools show the locals of a traceback's frames. Those further in hold what came, credentials unmasked.
            raise error.with_traceback(None) from None

    def check(self, response: Response) -> None:
        """Refuse a response whose body is about to be streamed and cannot be what was promised."""
        try:
            self._choose(response)
        except XCaaSError as error:
            raise error.with_traceback(None) from None

    def _decoder(self, response: Response) -> Decode:
        key = (response.status, response.headers.get("content-type"))
        decode = self._decoders.get(key)
        if decode is None:
            decode = self._new_decoder(response)
            if len(self._decoders) < _CACHED:
                self._decoders[key] = decode
        return decode

    def _new_decoder(self, response: Response) -> Decode:
        spec = self._choose(response)
        if spec is None:
            return lambda response, lenient: None
        codec = codec_for(spec.annotation, self._package)
        match spec.kind:
            case "json":
                return self._json_decoder(codec, charset_of(response.headers.get("content-type")))
            case "text" | "xml":
                return _text_decoder(codec)
            case "binary":
                return lambda response, lenient: response.content
            case _:
                return self._decode_nothing

    def _decode_nothing(self, response: Response, lenient: LenientReading | None) -> object:
        """Return the value of a body that is not read. Where the status has others, too, it must not be there: it may be
        the page of a proxy."""
        offered = candidates(self._specs, response.status)
        if response.content and any(spec.kind != "empty" for spec in offered):
            raise _unexpected(offered, response, media_type_of(response.headers.get("content-type")))
        return self._empty(response)

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

    def _choose(self, response: Response) -> ResponseSpec | None:
        """Return the promised response that this one is, by its media type; None where nothing at all is promised."""
        offered = candidates(self._specs, response.status) or self._promised
        if not offered:
            return None
        content_type = response.headers.get("content-type")
        sent = media_type_of(content_type)
        for spec in offered:
            if ";" in (spec.media_type or "") and _parts(spec.media_type) <= _parts(content_type):
                return spec
        for fits in (_same, _covers_subtypes, _covers, _related):
            for spec in offered:
                if fits(spec, sent):
                    return spec
        for spec in offered:
            if spec.kind == "empty":
                return spec
        raise _unexpected(offered, response, sent)

    def _empty(self, response: Response) -> object:
        """Return the value of a response without a body: None, or the emptiest value of the promised type."""
        bodies = [spec for spec in self._promised if spec.kind != "empty"]
        # HTTP has no body there, whatever the document describes for the range.
        bodiless = response.status in (204, 205)
        offered = (() if bodiless else candidates(self._specs, response.status)) or self._promised
        if any(spec.kind == "empty" for spec in offered):
            if not bodies or not self._paged:
                return None
        elif not bodiless:
            raise DecodeError(f"status {response.status} came with an empty body where {_named(offered)} was promised")
        spec = bodies[0]
        if spec.kind == "json":
            return _emptiest(codec_for(spec.annotation, self._package), hollow=self._paged)
        return b"" if spec.kind == "binary" else ""


def _all(specs: ResponseSpecs) -> Iterator[ResponseSpec]:
    for found in specs.values():
        yield from (found,) if isinstance(found, ResponseSpec) else found


def _parts(content_type: str | None) -> set[str]:
    """Return a media type and its parameters (`version=2`)."""
    return {part.strip(' "') for part in (content_type or "").lower().replace('="', "=").split(";")}


def _same(spec: ResponseSpec, sent: str) -> bool:
    return spec.media_type is not None and media_type_of(spec.media_type) == sent


def _covers_subtypes(spec: ResponseSpec, sent: str) -> bool:
    """Return whether a range of subtypes (`text/*`) covers a type; it goes before a range of all."""
    return _covers(spec, sent) and not media_type_of(spec.media_type).startswith("*")


def _covers(spec: ResponseSpec, sent: str) -> bool:
    return matches(spec.media_type, sent)


def _related(spec: ResponseSpec, sent: str) -> bool:
    """Return whether a type is near enough: servers often name a neighbouring one, or none. A web page never is."""
    if is_html(sent):
        return False
    match spec.kind:
        case "json":
            return is_json(sent) or sent in ("", "text/plain", "application/octet-stream")
        case "xml":
            return sent == "" or sent.endswith("xml")
        case "text":
            return sent == "" or sent.startswith("text/")
        case "binary":
            # JSON where a sheet or an archive was promised is somebody's message, not the file.
            return not is_json(sent) or media_type_of(spec.media_type) == "application/octet-stream"
        case _:
            return False


def _unexpected(offered: tuple[ResponseSpec, ...], response: Response, sent: str) -> DecodeError:
    return DecodeError(
        f"status {response.status} came with {sent or 'no type'} where {_named(offered)} was promised",
        advice=_SOMEBODY_ELSE,
    )


def _named(specs: tuple[ResponseSpec, ...] | list[ResponseSpec]) -> str:
    return " or ".join(dict.fromkeys(spec.media_type or "nothing" for spec in specs))


def _text_decoder(codec: Codec | None) -> Decode:
    def decode_text(response: Response, lenient: LenientReading | None) -> object:
        text = body_text(response.content, response.headers.get("content-type"))
        if codec is None:
            return text
        text = text.strip()
        return codec.decode(_TRUTHS.get(text.lower(), text) if bool in codec.accepts else text)

    return decode_text


def _emptiest(codec: Codec | None, *, hollow: bool) -> object:
    """Return an empty list or map, or None. A model without anything in it says that something came: only a page,
    of which its items are shown, may be `hollow`."""
    if codec is None:
        return None
    nothings: tuple[object, ...] = ({}, [], None)
    for nothing in nothings:
        try:
            found = codec.decode(nothing)
        except XCaaSError:
            continue
        if hollow or not hasattr(found, "to_dict"):
            return found
    raise DecodeError(f"no body came where the spec promises one ({codec.name})")
