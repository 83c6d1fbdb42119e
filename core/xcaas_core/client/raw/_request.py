"""Calls of what no spec describes: a path of a product, with the product's address, credentials, limits and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product as one_of_each
from typing import Final
from urllib.parse import unquote, urlsplit

from ..._checks import argument_error, is_mapping
from ..._errors import ArgumentError, ConfigurationError
from ...calls._call_response import CallResponse
from ...calls._engine import Engine
from ...calls._options import RULES
from ...calls._session import exchange
from ...http._media_types import is_json, media_type_of
from ...http._urls import origin_of, resolve_link
from ...operations._operation import Call, Operation, Security
from ...operations._parameter import Body, Parameter, empty_response, json_body, path
from ...operations._parameter import query as query_parameter
from ...operations._product import Product, Scheme, own_product
from ...sansio._steps import Flow
from ...serialization._binary_body import binary_body
from ...serialization._inputs import BinaryInput
from ...serialization._servers import server_address, server_template
from .._base import product_names
from ._raw_response import RawResponse

__all__ = ["request_flow"]


_METHOD: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_NAMES: Final = re.compile(r"\{([^{}]+)\}")


def request_flow(
    client: object,
    engine: Engine,
    method: str,
    address: str,
    *,
    product: str | None,
    query: Mapping[str, object] | None,
    json: object,
    content: BinaryInput | str | None,
    headers: Mapping[str, str] | None,
) -> Flow[RawResponse[object]]:
    """Make the call and return its response, whose `value` is JSON, bytes, or None where there is no body."""
    _check(method, address, query, headers)
    owner = _product_of(client, product)
    body, payload = _body_of(json, content, headers)
    operation = _operation(engine, owner, method.upper(), address, query or {}, body)
    call: Call[object] = Call(
        operation,
        (None,) * len(_path_names(operation)) + tuple((query or {}).values()),
        payload,
        link=address if _is_absolute(address) else None,
        headers=headers,
    )
    try:
        if call.link is not None:
            _refuse_foreign(engine, operation, call.link)
        response = yield from exchange(engine, call)
    finally:
        engine.forget(operation)
    return RawResponse(lambda: _value(response), response)


def _check(method: object, address: object, query: object, headers: Mapping[str, str] | None) -> None:
    if not isinstance(method, str) or not _METHOD.fullmatch(method):
        raise argument_error("method", f"{method!r} is not an HTTP method")
    if not isinstance(address, str) or not (address.startswith("/") or _is_absolute(address)):
        raise argument_error("path", f"{address!r} is neither a path that begins with / nor an address of a server")
    if _CONTROL.search(address):
        raise argument_error("path", f"{address!r} contains a control character")
    for name, given in (("query", query), ("headers", headers)):
        if given is not None and not is_mapping(given):
            raise argument_error(name, f"a mapping was expected, not {type(given).__name__}")
    for key in query if is_mapping(query) else ():
        if not isinstance(key, str):
            raise argument_error("query", f"names must be str, not {type(key).__name__}")
    RULES["headers"].refuse_misfit("headers", headers)
    try:
        segments = unquote(urlsplit(address).path).split("/")
    except ValueError:
        raise argument_error("path", f"{address!r} is not an address") from None
    if not {".", ".."}.isdisjoint(segments):
        raise argument_error("path", f"{address!r} has '.' or '..' among its segments")
    if query and _is_absolute(address):
        raise argument_error("query", "a full address has its own query")


def _is_absolute(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _product_of(client: object, name: str | None) -> Product:
    """Return the facts of a product by its name, loading no other; of a client of one product they need no name."""
    names = sorted(product_names(type(client)))
    if name is None and len(names) == 1:
        name = names[0]
    if name in names:
        found: object = getattr(client, name, None)
        for product in (*own_product(type(client)), *own_product(type(found))):
            return product
    problem = "no product was named" if name is None else f"there is no product {name!r}"
    raise ConfigurationError(problem, advice=f"Choose one with product=: {', '.join(names) or 'none'}.")


def _body_of(
    json: object, content: BinaryInput | str | None, headers: Mapping[str, str] | None
) -> tuple[Body | None, object]:
    if json is not None:
        if content is not None:
            raise argument_error("content", "json was given, too; a request has one body")
        return json_body(annotation="JSONValue"), json
    if content is None:
        return None, None
    named = {name.lower(): value for name, value in (headers or {}).items()}
    kind = "text/plain; charset=utf-8" if isinstance(content, str) else "application/octet-stream"
    try:
        payload = content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError:
        raise argument_error("content", "the text holds half of a surrogate pair and cannot be sent as UTF-8") from None
    return binary_body(named.get("content-type", kind)), payload


def _operation(
    engine: Engine, product: Product, method: str, address: str, query: Mapping[str, object], body: Body | None
) -> Operation[object]:
    place = "/" if _is_absolute(address) else _below_server(engine, product, address)
    parameters: list[Parameter] = [path(name, source=name) for name in dict.fromkeys(_NAMES.findall(place))]
    parameters += [query_parameter(name, "JSONValue", argument=f"query[{name!r}]") for name in query]
    return Operation(
        product,
        "request",
        method,
        place,
        call="request",
        parameters=tuple(parameters),
        body=body,
        responses={"2XX": empty_response()},
        security=_security(product),
        accept="*/*",
    )


def _security(product: Product) -> Security:
    """Return what opens a path of which no document says it: all that the client holds at once, else any of it."""
    places: dict[object, list[str]] = {}
    for name, scheme in product.schemes.items():
        places.setdefault(_place(scheme), []).append(name)
    together = one_of_each(*places.values()) if len(places) > 1 else ()
    return (*together, *((name,) for name in product.schemes))


def _place(scheme: Scheme) -> object:
    if scheme.kind == "api-key":
        return scheme.location, (scheme.parameter or "").lower()
    return "header", "authorization"


def _path_names(operation: Operation[object]) -> list[str]:
    return [parameter.wire for parameter in operation.parameters if parameter.location == "path"]


def _below_server(engine: Engine, product: Product, address: str) -> str:
    """Return a path without what the server's own address has of it, as guides write paths whole."""
    setting = engine.setting_of(product)
    for server in product.servers:
        own = urlsplit(server.url).path.rstrip("/")
        pattern = "[^/]+".join(re.escape(part) for part in _NAMES.split(own)[::2])
        start = re.match(f"{pattern}(?=/|$)", address)
        if own and start is not None:
            filled = urlsplit(server_template(server, setting)).path.rstrip("/")
            if start[0] not in (own, filled):
                raise argument_error("path", f"it begins with {start[0]}, where this client calls {filled}")
            return address.removeprefix(start[0]) or "/"
    return address


def _refuse_foreign(engine: Engine, operation: Operation[object], link: str) -> None:
    """Refuse an address of another product, too: a credential is for its own."""
    endpoint = engine.endpoint(operation)
    options = engine.options
    origin = origin_of(
        resolve_link(link, endpoint.address, endpoint.template, options.base_url, options.insecure_hosts)
    )
    if origin in _origins(engine, operation.product):
        engine.shared.origins.add(origin)
    elif origin[1] not in options.trusted_hosts:
        advice = "Allow it with trusted_hosts=, or call it with an HTTP client of your own."
        raise ArgumentError(f"{origin[1]} is not a host of {operation.product.name}", advice=advice)


def _origins(engine: Engine, product: Product) -> Iterable[tuple[str, str, int]]:
    setting = engine.setting_of(product)
    for server in product.servers:
        try:
            yield origin_of(server_address(server, setting, engine.options.base_url))
        except ConfigurationError:  # a server that these settings do not reach
            continue


def _value(response: CallResponse[object]) -> object:
    if not response.content:
        return None
    return response.json() if is_json(media_type_of(response.headers.get("content-type"))) else response.content
