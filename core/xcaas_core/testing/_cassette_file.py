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

__all__ = ["LEFT_OUT", "read_calls", "request_record", "response_from", "response_record"]

# Only what is a credential whatever the service: "nextToken" and [{"key": …}] are data.
_CREDENTIAL: Final = re.compile(
    r"((access|refresh|id|auth|session|bearer)[-_]?)?token|(client[-_]?)?secret|pass(word|wd|phrase)|api[-_]?key"
    r"|authori[sz]ation|(private|secret)[-_]?(access[-_]?)?key|credentials?|signature",
    re.IGNORECASE,
)
# In texts: members of queries and forms, the words of the Authorization header, and JSON Web Tokens.
_MEMBER: Final = re.compile(r"(?P<name>(?<![^\s?&;\"'])[\w.%-]+)=(?P<value>[^\s&;#\"'<>]+)")
_LOOKS_SECRET: Final = re.compile(
    r"(?<=Bearer )[\w.~+/=-]{8,}|(?<=Basic )[\w+/=-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=://)[^\s/?#@]+(?=@)",
    re.IGNORECASE,
)
# Of the connection, or different each time.
LEFT_OUT: Final = frozenset(
    {"connection", "content-encoding", "content-length", "date", "keep-alive", "set-cookie", "transfer-encoding"}
)


def request_record(request: Request, content: bytes, redactor: Redactor) -> dict[str, JSONValue]:
    parts = urlsplit(safe_url(request.url))
    # Without its host: what was recorded at a sandbox is replayed for the service. As data, where a credential as
    # short as a word is not looked for: a test's "token" must not mask the word in the paths that it replays.
    url = redactor.value(_without_secrets(f"{parts.path}{f'?{parts.query}' if parts.query else ''}"))
    call = None if request.operation is None else request.operation.call
    found: dict[str, JSONValue] = {"call": call, "method": request.method, "url": url}
    return found | _body_of(content, request.headers.get("content-type"), redactor)


def response_record(response: Response, redactor: Redactor, *, exact: bool) -> dict[str, JSONValue]:
    headers = redactor.headers(safe_headers(response.headers))
    kept: dict[str, JSONValue] = {
        name: _without_secrets(value) for name, value in headers.items() if name.lower() not in LEFT_OUT
    }
    if "retry-after" in kept:  # a date means nothing in a replay
        kept["retry-after"] = f"{ceil(requested_wait(response.headers, response.status, time.time()) or 0)}"
    body = _body_of(response.content, response.headers.get("content-type"), redactor, exact=exact)
    return {"status": response.status, "headers": kept, **body}


def _body_of(
    content: bytes, content_type: str | None, redactor: Redactor, *, exact: bool = False
) -> dict[str, JSONValue]:
    """Return a body under the name of its form, without credentials. JSON is text where it must stay as it is, or
    where Python's numbers and dictionaries cannot hold all that it says."""
    if not content:
        return {}
    try:
        text = content.decode()
    except ValueError:
        masked = redactor.text(content.decode("latin-1")).encode("latin-1")
        return {"base64": base64.b64encode(masked).decode()}
    plain: dict[str, JSONValue] = {"text": redactor.text(_without_secrets(text))}
    if not is_json(media_type_of(content_type)):
        return plain
    lost: list[str] = []

    def number(digits: str) -> float:
        value = float(digits)
        if repr(value) != digits:
            lost.append(digits)
        return value

    def members(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
        found = dict(pairs)
        if len(found) < len(pairs):
            lost.append("a name that is there twice")
        return found

    try:
        value: JSONValue = json.loads(text, parse_float=number, parse_constant=number, object_pairs_hook=members)
        masked_value = _without_credentials(redactor.value(value))
    except (ValueError, RecursionError):
        return plain
    if (exact or lost) and masked_value == value:
        return {"text": text}
    return {"json": masked_value}


def _without_credentials(value: Any, *, named: bool = False) -> JSONValue:
    """Mask the texts below the name of a credential, and what looks like one elsewhere."""
    if isinstance(value, str):
        return MASK if named else _without_secrets(value)
    if is_object(value):
        return {
            name: _without_credentials(item, named=named or _CREDENTIAL.fullmatch(name) is not None)
            for name, item in value.items()
        }
    return [_without_credentials(item, named=named) for item in value] if is_list(value) else value


def _without_secrets(text: str) -> str:
    """Mask what looks like a credential in a text: signed addresses, forms, headers, tokens."""
    return _LOOKS_SECRET.sub(MASK, _MEMBER.sub(_safe_member, text))


def _safe_member(found: re.Match[str]) -> str:
    return f"{found['name']}={MASK}" if is_secret(found["name"]) else found[0]


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
    """Read a file. Raises `ConfigurationError` if there is none, or if it is none of ours."""
    advice = "Record it: Cassette(…, record=True), or XCAAS_RECORD=1 in the environment."
    try:
        # Not splitlines(): JSON may hold U+2028 and the like, at which that would cut.
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
