"""Requests that no operation covers, with a product's address, credentials, limits and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product as combinations
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
_PLACEHOLDERS: Final = re.compile(r"\{([^{}]+)\}")


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
    _check_arguments(method, address, query, headers)
    target = _product_of(client, product)
    body, payload = _body_of(json, content, headers)
    operation = _make_operation(engine, target, method.upper(), address, query or {}, body)
    call: Call[object] = Call(
        operation,
        (None,) * len(_path_names(operation)) + tuple((query or {}).values()),
        payload,
        link=address if _is_absolute(address) else None,
        headers=headers,
    )
    try:
        if call.link is not None:
            _check_origin(engine, operation, call.link)
        response = yield from exchange(engine, call)
    finally:
        engine.forget(operation)
    return RawResponse(lambda: _value(response), response)


def _check_arguments(method: object, address: object, query: object, headers: Mapping[str, str] | None) -> None:
    if not isinstance(method, str) or not _METHOD.fullmatch(method):
        raise argument_error("method", f"{method!r} is not an HTTP method")
    if not isinstance(address, str) or not (address.startswith("/") or _is_absolute(address)):
        raise argument_error("path", f"{address!r} is neither a path that begins with / nor an address of a server")
    if _CONTROL.search(address):
        raise argument_error("path", f"{address!r} contains a control character")
    for name, value in (("query", query), ("headers", headers)):
        if value is not None and not is_mapping(value):
            raise argument_error(name, f"a mapping was expected, not {type(value).__name__}")
    for key in query if is_mapping(query) else ():
        if not isinstance(key, str):
            raise argument_error("query", f"names must be str, not {type(key).__name__}")
    RULES["headers"].validate("headers", headers)
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
    """Return a product by name, loading no other. The name may be omitted if there is only one."""
    names = sorted(product_names(type(client)))
    if name is None and len(names) == 1:
        name = names[0]
    if name in names:
        child: object = getattr(client, name, None)
        for product in (*own_product(type(client)), *own_product(type(child))):
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
    headers_by_name = {name.lower(): value for name, value in (headers or {}).items()}
    media_type = "text/plain; charset=utf-8" if isinstance(content, str) else "application/octet-stream"
    try:
        payload = content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError:
        raise argument_error("content", "the text holds half of a surrogate pair and cannot be sent as UTF-8") from None
    return binary_body(headers_by_name.get("content-type", media_type)), payload


def _make_operation(
    engine: Engine, product: Product, method: str, address: str, query: Mapping[str, object], body: Body | None
) -> Operation[object]:
    template = "/" if _is_absolute(address) else _below_server(engine, product, address)
    parameters: list[Parameter] = [path(name, source=name) for name in dict.fromkeys(_PLACEHOLDERS.findall(template))]
    parameters += [query_parameter(name, "JSONValue", argument=f"query[{name!r}]") for name in query]
    return Operation(
        product,
        "request",
        method,
        template,
        call="request",
        parameters=tuple(parameters),
        body=body,
        responses={"2XX": empty_response()},
        security=_security(product),
        accept="*/*",
    )


def _security(product: Product) -> Security:
    """Return a security requirement that takes all of the client's credentials together, or else any of them."""
    names_by_location: dict[object, list[str]] = {}
    for name, scheme in product.schemes.items():
        names_by_location.setdefault(_location(scheme), []).append(name)
    combined = combinations(*names_by_location.values()) if len(names_by_location) > 1 else ()
    return (*combined, *((name,) for name in product.schemes))


def _location(scheme: Scheme) -> object:
    if scheme.kind == "api-key":
        return scheme.location, (scheme.parameter or "").lower()
    return "header", "authorization"


def _path_names(operation: Operation[object]) -> list[str]:
    return [parameter.wire for parameter in operation.parameters if parameter.location == "path"]


def _below_server(engine: Engine, product: Product, address: str) -> str:
    """Return a path without the prefix that is in the server's address. Guides show full paths."""
    setting = engine.setting_of(product)
    for server in product.servers:
        prefix = urlsplit(server.url).path.rstrip("/")
        pattern = "[^/]+".join(re.escape(part) for part in _PLACEHOLDERS.split(prefix)[::2])
        match = re.match(f"{pattern}(?=/|$)", address)
        if prefix and match is not None:
            expected = urlsplit(server_template(server, setting)).path.rstrip("/")
            if match[0] not in (prefix, expected):
                raise argument_error("path", f"it begins with {match[0]}, where this client calls {expected}")
            return address.removeprefix(match[0]) or "/"
    return address


def _check_origin(engine: Engine, operation: Operation[object], link: str) -> None:
    """Raise `ArgumentError` for a URL outside of the product's servers, even one of another product."""
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
        except ConfigurationError:  # a setting for its address is missing
            continue


def _value(response: CallResponse[object]) -> object:
    if not response.content:
        return None
    return response.json() if is_json(media_type_of(response.headers.get("content-type"))) else response.content
