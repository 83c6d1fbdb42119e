"""Checking requests against their operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import XCaaSError
from .._json import JSONValue
from ..models import resolve
from ..models._codec import NullableCodec
from ..models._containers import ListCodec, MapCodec
from ..models._layout import ModelCodec
from ..models._unions import DiscriminatedCodec, UnionCodec

if TYPE_CHECKING:
    from ..models import Codec
    from ..operations._operation import Operation
    from ..operations._parameter import Parameter
    from ._responses import FakeRequest

__all__ = ["RequestMismatch", "problems_of"]


class RequestMismatch(AssertionError):
    """A request that the spec does not allow. `problems` lists everything wrong with it."""

    def __init__(self, request: FakeRequest, problems: list[str]) -> None:
        super().__init__(f"{request.call}: {request.method} {request.path}: {'; '.join(problems)}")
        self.problems = problems


def problems_of(request: FakeRequest, operation: Operation[object]) -> list[str]:
    """Return descriptions of what is wrong with a request."""
    return [*_query_problems(request, operation), *_body_problems(request, operation)]


def _query_problems(request: FakeRequest, operation: Operation[object]) -> list[str]:
    request_query = request.query
    package = operation.product.package
    objects = {spec.wire for spec in operation.parameters if spec.location == "query" and _has_members(spec, package)}
    problems: list[str] = []
    if not objects:
        known = {spec.wire for spec in operation.parameters if spec.location == "query"}
        known |= {scheme.parameter for scheme in operation.product.schemes.values() if scheme.parameter}
        problems += [f"query parameter {name!r} is not in the spec" for name in request_query if name not in known]
    if operation.paging is not None and operation.paging.alone and operation.paging.parameter in request_query:
        return problems  # the cursor contains the arguments of the first page
    for spec in operation.parameters:
        if spec.required and spec.location == "query" and spec.wire not in request_query and spec.wire not in objects:
            problems.append(f"query parameter {spec.wire!r} is missing")
        if spec.required and spec.location == "header" and spec.wire not in request.headers:
            problems.append(f"header {spec.wire!r} is missing")
    return problems


def _has_members(spec: Parameter, package: str) -> bool:
    """Return whether a parameter is an object, whose members are query parameters themselves."""
    return spec.annotation is not None and isinstance(resolve(spec.annotation, package), ModelCodec | MapCodec)


def _body_problems(request: FakeRequest, operation: Operation[object]) -> list[str]:
    body = operation.body
    if body is None:
        return ["the operation takes no body"] if request.content else []
    if not request.content:
        return ["the body is missing"] if body.required else []
    if body.kind != "json" or body.annotation is None or "json" not in (request.headers.get("content-type") or ""):
        return []
    try:
        content = request.json()
    except ValueError:
        return ["the body is not JSON"]
    codec = resolve(body.annotation, operation.product.package)
    try:
        codec.decode(request.json())
    except XCaaSError as error:
        error.advice = None  # about responses
        return [f"body: {error}"]
    return [f"body: {pointer} is not in the spec" for pointer in _unknown_members(codec, content, "")]


def _unknown_members(codec: Codec, value: JSONValue, pointer: str) -> list[str]:
    """Return pointers to the members that no model has: likely misspelt."""
    if isinstance(codec, NullableCodec):
        return [] if value is None else _unknown_members(codec.inner, value, pointer)
    if isinstance(codec, UnionCodec | DiscriminatedCodec):
        return min((_unknown_members(member, value, pointer) for member in codec.members), key=len)
    if isinstance(codec, ListCodec) and isinstance(value, list):
        return [
            name
            for index, item in enumerate(value)
            for name in _unknown_members(codec.item, item, f"{pointer}/{index}")
        ]
    if isinstance(codec, MapCodec) and isinstance(value, dict):
        return [name for key, item in value.items() for name in _unknown_members(codec.value, item, f"{pointer}/{key}")]
    if not isinstance(codec, ModelCodec) or not isinstance(value, dict):
        return []
    layout = codec.layout
    pointers: list[str] = []
    for key, item in value.items():
        field = layout.by_wire.get(key)
        if field is not None:
            pointers += _unknown_members(field.codec, item, f"{pointer}/{key}")
        elif layout.extra is None:
            pointers.append(f"{pointer}/{key}")
    return pointers
