"""The lines of a cassette: calls in JSON, without credentials."""

from __future__ import annotations

import base64
import json
import re
import time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._checks import is_list, is_mapping, is_object, is_str_mapping
from .._errors import ConfigurationError
from .._redaction import Redactor, is_secret, safe_headers, safe_url
from .._secrets import MASK
from ..http._headers import requested_wait
from ..http._media_types import is_json, media_type_of
from ._responses import FakeResponse

if TYPE_CHECKING:
    from .._json import JSONValue
    from ..sansio._messages import Request, Response

__all__ = ["IGNORED_HEADERS", "read_calls", "request_record", "response_from", "response_record"]

# Names of credentials in any service: "nextToken" and [{"key": …}] are data.
_CREDENTIAL: Final = re.compile(
    r"((access|refresh|id|auth|session|bearer)[-_]?)?token|(client[-_]?)?secret|pass(word|wd|phrase)|api[-_]?key"
    r"|authori[sz]ation|(private|secret)[-_]?(access[-_]?)?key|credentials?|signature",
    re.IGNORECASE,
)
# In strings: members of queries and forms, credentials of Authorization headers, and JSON Web Tokens.
_MEMBER: Final = re.compile(r"(?P<name>(?<![^\s?&;\"'])[\w.%-]+)=(?P<value>[^\s&;#\"'<>]+)")
_LOOKS_SECRET: Final = re.compile(
    r"(?<=Bearer )[\w.~+/=-]{8,}|(?<=Basic )[\w+/=-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=://)[^\s/?#@]+(?=@)",
    re.IGNORECASE,
)
# Headers of the connection, or that differ each time.
IGNORED_HEADERS: Final = frozenset(
    {"connection", "content-encoding", "content-length", "date", "keep-alive", "set-cookie", "transfer-encoding"}
)


def request_record(request: Request, content: bytes, redactor: Redactor) -> dict[str, JSONValue]:
    parts = urlsplit(safe_url(request.url))
    # Without its host, so that a recording of a sandbox is replayed for the service. As data, in which short
    # credentials are not masked: "token" must not mask the word in paths.
    url = redactor.value(_mask_secrets(f"{parts.path}{f'?{parts.query}' if parts.query else ''}"))
    call = None if request.operation is None else request.operation.call
    record: dict[str, JSONValue] = {"call": call, "method": request.method, "url": url}
    return record | _body_record(content, request.headers.get("content-type"), redactor)


def response_record(response: Response, redactor: Redactor, *, exact: bool) -> dict[str, JSONValue]:
    headers = redactor.headers(safe_headers(response.headers))
    recorded: dict[str, JSONValue] = {
        name: _mask_secrets(value) for name, value in headers.items() if name.lower() not in IGNORED_HEADERS
    }
    if "retry-after" in recorded:  # in seconds: a date is no use in a replay
        recorded["retry-after"] = f"{ceil(requested_wait(response.headers, response.status, time.time()) or 0)}"
    body = _body_record(response.content, response.headers.get("content-type"), redactor, exact=exact)
    return {"status": response.status, "headers": recorded, **body}


def _body_record(
    content: bytes, content_type: str | None, redactor: Redactor, *, exact: bool = False
) -> dict[str, JSONValue]:
    """Return a body as `json`, `text` or `base64`, without credentials. JSON is kept as text if it must not change
    (`exact`), or if Python's numbers and dictionaries would lose something."""
    if not content:
        return {}
    try:
        text = content.decode()
    except ValueError:
        masked = redactor.text(content.decode("latin-1")).encode("latin-1")
        return {"base64": base64.b64encode(masked).decode()}
    as_text: dict[str, JSONValue] = {"text": redactor.text(_mask_secrets(text))}
    if not is_json(media_type_of(content_type)):
        return as_text
    losses: list[str] = []

    def number(digits: str) -> float:
        value = float(digits)
        if repr(value) != digits:
            losses.append(digits)
        return value

    def members(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
        result = dict(pairs)
        if len(result) < len(pairs):
            losses.append("a name that is there twice")
        return result

    try:
        value: JSONValue = json.loads(text, parse_float=number, parse_constant=number, object_pairs_hook=members)
        masked_value = _mask_credentials(redactor.value(value))
    except (ValueError, RecursionError):
        return as_text
    if (exact or losses) and masked_value == value:
        return {"text": text}
    return {"json": masked_value}


def _mask_credentials(value: Any, *, named: bool = False) -> JSONValue:
    """Mask the strings under the name of a credential, and elsewhere what looks like one."""
    if isinstance(value, str):
        return MASK if named else _mask_secrets(value)
    if is_object(value):
        return {
            name: _mask_credentials(item, named=named or _CREDENTIAL.fullmatch(name) is not None)
            for name, item in value.items()
        }
    return [_mask_credentials(item, named=named) for item in value] if is_list(value) else value


def _mask_secrets(text: str) -> str:
    """Mask what looks like a credential in a string: signed URLs, forms, headers, tokens."""
    return _LOOKS_SECRET.sub(MASK, _MEMBER.sub(_mask_member, text))


def _mask_member(match: re.Match[str]) -> str:
    return f"{match['name']}={MASK}" if is_secret(match["name"]) else match[0]


def response_from(recorded: Any) -> FakeResponse:
    assert is_mapping(recorded)
    status, headers = recorded["status"], recorded["headers"]
    assert isinstance(status, int)
    assert is_str_mapping(headers)
    if "json" in recorded:
        return FakeResponse(status, json=recorded["json"], headers=headers)
    text, encoded = recorded.get("text"), recorded.get("base64")
    content = base64.b64decode(encoded) if isinstance(encoded, str) else str(text or "").encode()
    return FakeResponse(status, content=content, headers=headers)


def read_calls(path: Path) -> list[dict[str, JSONValue]]:
    """Read a file. Raises `ConfigurationError` if it is missing or not a cassette."""
    advice = "Record it: Cassette(…, record=True), or XCAAS_RECORD=1 in the environment."
    try:
        # Not splitlines(): it would split at U+2028 and the like, which JSON may contain.
        lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}", advice=advice) from None
    except ValueError:
        raise ConfigurationError(f"{path} is no cassette: it is not UTF-8", advice=advice) from None
    calls: list[dict[str, JSONValue]] = []
    for number, line in enumerate(lines if lines != [""] else (), 1):
        try:
            call: Any = json.loads(line)
        except (ValueError, RecursionError):
            call = None
        if not _is_call(call):
            raise ConfigurationError(f"{path}:{number} is no recorded call", advice=advice)
        calls.append(call)
    return calls


def _is_call(call: Any) -> bool:
    if not is_object(call):
        return False
    request, response = call.get("request"), call.get("response")
    if not is_object(request) or not is_object(response):
        return False
    return isinstance(response.get("status"), int) and is_str_mapping(response.get("headers"))
