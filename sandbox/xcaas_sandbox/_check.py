"""Validation of requests and responses against the spec, to notice when either side differs from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from starlette.datastructures import Headers, QueryParams

from ._fiql import check_filter
from ._specs import Node, Operation, group_name, kind_of

__all__ = ["check_request", "check_response", "schema_of"]

_validators: dict[int, Draft202012Validator] = {}


def _problems(schema: Node, value: Any, place: str) -> Iterator[str]:
    validator = _validators.get(id(schema))
    if validator is None:
        # Cached for the life of the process, like the products with their schemas.
        validator = _validators[id(schema)] = Draft202012Validator(schema)
    for error in validator.iter_errors(value):  # pyright: ignore[reportUnknownMemberType]
        cause = _best_match(error)
        pointer = "".join(f"/{part}" for part in cause.absolute_path)
        yield f"{place}{pointer}: {_message(cause)}"


def _best_match(error: ValidationError) -> ValidationError:
    """Return the first error of the alternative with the fewest, instead of "not valid under any of these"."""
    while error.context:
        branches: dict[object, list[ValidationError]] = {}
        for branch_error in error.context:
            branches.setdefault(branch_error.relative_schema_path[0], []).append(branch_error)
        error = min(branches.values(), key=len)[0]
    return error


def _message(error: ValidationError) -> str:
    if error.validator != "enum":
        return error.message[:200]
    known: Any = error.validator_value
    values = [str(value) for value in known]
    matches = get_close_matches(str(error.instance), values, 3)
    hint = f"did you mean {' or '.join(map(repr, matches))}?" if matches else f"there are {', '.join(values)}"[:200]
    return f"{error.instance!r} is not a known value; {hint}"


def check_request(
    operation: Operation, path: Mapping[str, str], query: QueryParams, headers: Headers, body: bytes
) -> list[str]:
    """Return what is wrong with a request; empty if it is valid."""
    problems: list[str] = []
    known: set[str] = set()
    for parameter in operation.parameters:
        name, location = parameter["name"], parameter["in"]
        schema = parameter.get("schema", {})
        if location == "query" and kind_of(schema) == "object" and parameter.get("style", "form") == "form":
            known.update(schema.get("properties", {}))
            problems.extend(_check_members(name, parameter, query))
            continue
        if location == "query":
            known.add(name)
            values = query.getlist(name)
        elif location == "header":
            values = [headers[name]] if name in headers else []
        elif location == "path":
            values = [path[group_name(name)]]
        else:
            continue
        if not values and parameter.get("required"):
            problems.append(f"{location} parameter {name} is required")
        elif values:
            problems.extend(_problems(schema, _coerce(values, schema, parameter), f"{location} parameter {name}"))
            if "x-xcaas-filter" in parameter:
                filter_problems = check_filter(values[-1], parameter["x-xcaas-filter"])
                problems.extend(f"{location} parameter {name}: {problem}" for problem in filter_problems)
    objects = {p["name"] for p in operation.parameters if p.get("style") == "deepObject"}
    for name in query:
        if name not in known and name.split("[")[0] not in objects:
            problems.append(f"query parameter {name} is not in the spec")
    return [*problems, *_check_body(operation, headers, body)]


def _check_members(name: str, parameter: Node, query: QueryParams) -> Iterator[str]:
    """Check an object whose members are query parameters (style form, exploded)."""
    members: Node = parameter["schema"].get("properties", {})
    value = {key: _coerce(query.getlist(key), schema, parameter) for key, schema in members.items() if key in query}
    if value:
        yield from _problems(parameter["schema"], value, f"query parameter {name}")
    elif parameter.get("required"):
        yield f"query parameter {name} is required"


def _check_body(operation: Operation, headers: Headers, body: bytes) -> Iterator[str]:
    if operation.body is None:
        if body:
            yield "a body was sent where the spec has none"
        return
    if not body:
        if operation.body.get("required"):
            yield "the body is missing"
        return
    content: Node = operation.body.get("content", {})
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    media = content.get(media_type) or content.get("*/*")
    if media is None:
        yield f"Content-Type {media_type!r} is not one of {', '.join(content)}"
    elif media_type.endswith("json"):
        try:
            yield from _problems(media.get("schema", {}), json.loads(body), "body")
        except ValueError as error:
            yield f"body: not JSON ({error})"
        except RecursionError:
            yield "body: nested deeper than any body of these APIs"


def _coerce(values: list[str], schema: Node, parameter: Node) -> Any:
    kind = kind_of(schema)
    if kind == "array":
        joined = values[0].split(",") if len(values) == 1 else values
        return [_coerce([value], schema.get("items", {}), parameter) for value in joined]
    text = values[-1]
    if kind in ("integer", "number"):
        try:
            return int(text) if kind == "integer" else float(text)
        except ValueError:
            return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "object":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def schema_of(operation: Operation, status: int, media_type: str) -> Node | None:
    """Return the schema of a response, if the spec has one."""
    response = operation.response(status)
    content: Node = (response or {}).get("content", {})
    schema: Node | None = content.get(media_type, {}).get("schema")
    return schema


def check_response(operation: Operation, status: int, media_type: str | None, body: Any) -> list[str]:
    """Return what is wrong with a response of the sandbox: a bug in the sandbox or the spec."""
    response = operation.response(status)
    if response is None:
        return [f"status {status} is not in the spec"]
    content: Node = response.get("content", {})
    if media_type is None or not content:
        return []
    if media_type not in content:
        return [f"media type {media_type} is not in the spec for {status}"]
    schema = content[media_type].get("schema")
    return list(_problems(schema, body, "response")) if schema and media_type.endswith("json") else []
