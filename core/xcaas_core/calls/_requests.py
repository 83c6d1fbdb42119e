"""Building the request of a call, and deciding whether it gets credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .._checks import argument_error, is_collection
from .._redaction import is_secret
from ..http._urls import refuse_plain_http, resolve_link, same_origin
from ..operations._parameter import query
from ..sansio._messages import Request

if TYPE_CHECKING:
    from ..operations._operation import Call, Operation
    from ._engine import Endpoint, Engine

__all__ = ["build_request"]


def build_request(engine: Engine, endpoint: Endpoint, call: Call[object]) -> tuple[Request, bool]:
    """Return the request of a call, and whether it needs the authorizer's credentials.

    It does not if the caller has passed credentials, or if a link leads to an untrusted host; headers that look like
    secrets are then removed, too.
    """
    target = endpoint.compiled.write(call.args, endpoint.setting, linked=call.link is not None)
    headers = {**endpoint.headers, **target.headers}
    trusted = True
    if call.link is None:
        url = endpoint.address + endpoint.compiled.fill_path(target.path)
        if engine.options.query:
            target.query += extra_query(engine.options.query)
        if target.query:
            url = f"{url}{'&' if '?' in url else '?'}{'&'.join(target.query)}"
    else:
        options = engine.options
        url = resolve_link(call.link, endpoint.address, endpoint.template, options.base_url, options.insecure_hosts)
        trusted = same_origin(url, endpoint.address) or engine.trusts(url)
    if target.cookies:
        headers["cookie"] = "; ".join(filter(None, (headers.get("cookie"), *target.cookies)))
    if not trusted:
        headers = {name: value for name, value in headers.items() if not is_secret(name)}
    timeout = engine.options.timeout
    request = Request(call.operation.method, url, headers, connect_timeout=timeout.connect, read_timeout=timeout.read)
    request.operation = (
        call.operation if not engine.options.query else _with_query(call.operation, engine.options.query)
    )
    if call.body is not None or call.operation.body is not None:
        _set_body(request, endpoint, call)
    if call.headers is not None:
        _override_headers(headers, call.headers)
    request.keys = endpoint.compiled.keys(target)
    request.secrets += request.keys.values()
    needs_auth = trusted and _needs_auth(endpoint, request)
    has_secrets = request.keys or any(map(is_secret, headers))
    if (needs_auth and engine.credentials is not None) or engine.external_auth or has_secrets:
        refuse_plain_http(url, engine.options.insecure_hosts)
    return request, needs_auth


def _with_query(operation: Operation[object], names: Iterable[str]) -> Operation[object]:
    """Return the operation with further query parameters, which fake servers check."""
    return replace(operation, parameters=(*operation.parameters, *map(query, names)))


def extra_query(params: Mapping[str, object]) -> list[str]:
    """Return query parameters that no spec describes: a list is repeated, None is left out."""
    from urllib.parse import quote, urlencode

    pairs: list[tuple[str, object]] = []
    for name, value in params.items():
        values = value if is_collection(value) and not isinstance(value, str | bytes) else [value]
        pairs += [(name, str(item).lower() if isinstance(item, bool) else item) for item in values if item is not None]
    try:
        return [urlencode(pairs, quote_via=quote)] if pairs else []
    except UnicodeEncodeError:
        problem = "a name or value holds half of a surrogate pair and cannot be sent as UTF-8"
        raise argument_error("query", problem) from None


def _needs_auth(endpoint: Endpoint, request: Request) -> bool:
    return endpoint.authorizer is not None and not endpoint.compiled.caller_credentials(request.headers, request.keys)


def _set_body(request: Request, endpoint: Endpoint, call: Call[object]) -> None:
    body = call.operation.body
    # Chooses between several media types. The payload has the full value, such as with a boundary.
    media_type = request.headers.pop("content-type", None) if body is not None and body.variants else None
    payload = endpoint.compiled.payload(call.operation, call.body, media_type)
    if payload is None:
        return
    request.content = payload.content
    request.parts = payload.parts
    request.replayable = payload.replayable
    if payload.media_type is not None:
        request.headers.setdefault("content-type", payload.media_type)
    if payload.length is not None:
        request.headers["content-length"] = str(payload.length)


def _override_headers(headers: dict[str, str], changes: Mapping[str, str | None]) -> None:
    for name, value in changes.items():
        if value is None:
            headers.pop(name.lower(), None)
        else:
            headers[name.lower()] = value
