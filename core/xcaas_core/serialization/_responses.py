"""Decode responses: choose the response of the spec and decode the body."""

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

_OTHER_SERVER: Final = "Something between here and the service may have responded: check base_url, region and proxies."
_BOOLEANS: Final = {"true": True, "false": False}
_MAX_CACHED: Final = 32  # spellings of content types per operation; servers have two or three


def candidates(specs: ResponseSpecs, status: int) -> tuple[ResponseSpec, ...]:
    """Return the responses of the spec for a status: its own, those of its range, or the default."""
    matches = specs.get(str(status)) or specs.get(f"{status // 100}XX") or specs.get("default") or ()
    return (matches,) if isinstance(matches, ResponseSpec) else matches


def plain_json(response: Response) -> JSONValue:
    """Return the JSON body of a response, whatever the spec says."""
    try:
        return _load(response, charset_of(response.headers.get("content-type")))
    except DecodeError as error:
        raise error.with_traceback(None) from None  # as in `ResponseDecoder.value`


def _load(response: Response, charset: str) -> JSONValue:
    content = response.content
    try:
        return loads(content if charset == "utf-8" else content.decode(charset))
    except (ValueError, RecursionError):
        pass  # raised below, as the error's context would contain the text
    kind = media_type_of(response.headers.get("content-type")) or "nothing"
    size = f"a body of {plural(len(content), 'byte')}" if content else "an empty body"
    raise DecodeError(
        f"status {response.status} came with {size} that is not JSON (its type says {kind})",
        advice=_OTHER_SERVER if is_html(kind) else None,
    )


class ResponseDecoder:
    """Decodes the successful responses of one operation. Decoders are cached by status and content type."""

    __slots__ = ("_all", "_decoders", "_is_paged", "_package", "_specs")

    def __init__(self, operation: Operation[object]) -> None:
        self._specs = operation.responses
        self._package = operation.product.package
        self._is_paged = operation.paging is not None
        self._all = tuple(_all_specs(operation.responses))
        self._decoders: dict[tuple[int, str | None], Decode] = {}

    def is_success(self, status: int) -> bool:
        """Return whether a status is a success: any 2xx, and others that the spec lists, such as a redirect whose
        address is the result."""
        return 200 <= status < 300 or (status < 400 and str(status) in self._specs)

    def value(self, response: Response, lenient: LenientReading | None = None) -> Any:
        """Decode a response. Raises `DecodeError` if it is not as in the spec."""
        try:
            return self._decoder(response)(response, lenient)
        except XCaaSError as error:
            # Tools show locals of a traceback's frames. Those of inner frames contain the response, unmasked.
            raise error.with_traceback(None) from None

    def check(self, response: Response) -> None:
        """Raise for a response to be streamed whose content type is not in the spec."""
        try:
            self._choose(response)
        except XCaaSError as error:
            raise error.with_traceback(None) from None

    def _decoder(self, response: Response) -> Decode:
        key = (response.status, response.headers.get("content-type"))
        decode = self._decoders.get(key)
        if decode is None:
            decode = self._new_decoder(response)
            if len(self._decoders) < _MAX_CACHED:
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
        """Return the value of a response without a body in the spec. Raises for an unexpected body if the status has other
        responses, too: it may be a proxy's page."""
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
        """Return the response of the spec with this media type; None if the spec has none at all."""
        offered = candidates(self._specs, response.status) or self._all
        if not offered:
            return None
        content_type = response.headers.get("content-type")
        sent = media_type_of(content_type)
        for spec in offered:
            if ";" in (spec.media_type or "") and _type_and_parameters(spec.media_type) <= _type_and_parameters(
                content_type
            ):
                return spec
        for fits in (_same_type, _covers_subtypes, _covers, _is_close):
            for spec in offered:
                if fits(spec, sent):
                    return spec
        for spec in offered:
            if spec.kind == "empty":
                return spec
        raise _unexpected(offered, response, sent)

    def _empty(self, response: Response) -> object:
        """Return the value of a response without a body: None, or an empty value of its type."""
        bodies = [spec for spec in self._all if spec.kind != "empty"]
        # HTTP allows no body here, whatever the spec says.
        bodiless = response.status in (204, 205)
        offered = (() if bodiless else candidates(self._specs, response.status)) or self._all
        if any(spec.kind == "empty" for spec in offered):
            if not bodies or not self._is_paged:
                return None
        elif not bodiless:
            raise DecodeError(
                f"status {response.status} came with an empty body where {_media_types(offered)} was promised"
            )
        spec = bodies[0]
        if spec.kind == "json":
            return _empty_value(codec_for(spec.annotation, self._package), allow_model=self._is_paged)
        return b"" if spec.kind == "binary" else ""


def _all_specs(specs: ResponseSpecs) -> Iterator[ResponseSpec]:
    for entry in specs.values():
        yield from (entry,) if isinstance(entry, ResponseSpec) else entry


def _type_and_parameters(content_type: str | None) -> set[str]:
    """Return a media type and its parameters (`version=2`)."""
    return {part.strip(' "') for part in (content_type or "").lower().replace('="', "=").split(";")}


def _same_type(spec: ResponseSpec, sent: str) -> bool:
    return spec.media_type is not None and media_type_of(spec.media_type) == sent


def _covers_subtypes(spec: ResponseSpec, sent: str) -> bool:
    """Return whether a range of subtypes (`text/*`) covers a type; checked before `*/*`."""
    return _covers(spec, sent) and not media_type_of(spec.media_type).startswith("*")


def _covers(spec: ResponseSpec, sent: str) -> bool:
    return matches(spec.media_type, sent)


def _is_close(spec: ResponseSpec, sent: str) -> bool:
    """Return whether a type is close enough: servers often send a similar one, or none. HTML never is."""
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
            # JSON instead of a sheet or an archive is an error message, not the file.
            return not is_json(sent) or media_type_of(spec.media_type) == "application/octet-stream"
        case _:
            return False


def _unexpected(offered: tuple[ResponseSpec, ...], response: Response, sent: str) -> DecodeError:
    return DecodeError(
        f"status {response.status} came with {sent or 'no type'} where {_media_types(offered)} was promised",
        advice=_OTHER_SERVER,
    )


def _media_types(specs: tuple[ResponseSpec, ...] | list[ResponseSpec]) -> str:
    return " or ".join(dict.fromkeys(spec.media_type or "nothing" for spec in specs))


def _text_decoder(codec: Codec | None) -> Decode:
    def decode_text(response: Response, lenient: LenientReading | None) -> object:
        text = body_text(response.content, response.headers.get("content-type"))
        if codec is None:
            return text
        text = text.strip()
        return codec.decode(_BOOLEANS.get(text.lower(), text) if bool in codec.accepts else text)

    return decode_text


def _empty_value(codec: Codec | None, *, allow_model: bool) -> object:
    """Return an empty list or map, or None. `allow_model`: or a model without fields, for pages only, which show their
    items."""
    if codec is None:
        return None
    empty_values: tuple[object, ...] = ({}, [], None)
    for empty in empty_values:
        try:
            value = codec.decode(empty)
        except XCaaSError:
            continue
        if allow_model or not hasattr(value, "to_dict"):
            return value
    raise DecodeError(f"no body came where the spec promises one ({codec.name})")
