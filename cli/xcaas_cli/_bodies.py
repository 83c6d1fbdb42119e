"""Request bodies: from a file, from stdin, or field by field with the types of the spec."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import click
from click.shell_completion import CompletionItem

from ._hints import Hint, value_type
from ._values import KnownValue, Moment
from .output import is_object

__all__ = ["body_options", "read_body"]


class _Field(click.ParamType[Any]):
    """`name=value`, with the names of the body's fields as completions."""

    name = "name=value"

    def __init__(self, hint: Hint) -> None:
        self._hint = hint

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete names of fields, and known values after `=`."""
        name, equals, prefix = incomplete.partition("=")
        fields = _fields(self._hint.objects)
        if not equals:
            return [CompletionItem(f"{field}=") for field in fields if field.startswith(name)]
        type_ = value_type(fields.get(name))
        known_values = type_.values if isinstance(type_, KnownValue) else []
        return [CompletionItem(f"{name}={value}") for value in known_values if value.startswith(prefix)]


def body_options(text: str, hint: Hint, *, required: bool) -> Iterator[click.Option]:
    """Yield the options for the body of an operation."""
    note = " Required, unless you use --field." if required else ""
    yield click.Option(
        ["--body", "_body"],
        metavar="@FILE|-|JSON",
        help=f"{text or 'What to send.'} Give @FILE (JSON or YAML), - for stdin, or JSON.{note}",
    )
    if fields := _fields(hint.objects):
        yield click.Option(
            ["--field", "_fields"],
            type=_Field(hint),
            multiple=True,
            metavar="NAME=VALUE",
            help=(
                f"Set a field of the body: {', '.join(fields)}. a.b=VALUE sets a nested field, NAME:=VALUE takes JSON,"
                " NAME=@FILE takes a file. For a list, repeat it for each entry."
            ),
        )


def read_body(options: dict[str, Any], hint: Hint, *, required: bool) -> Any:
    """Build the body from `--body` and `--field`. Returns None if there is none."""
    body: Any = None if options["_body"] is None else _load(options["_body"])
    fields: tuple[str, ...] = options.get("_fields") or ()
    if fields:
        body = {} if body is None else body
        if not is_object(body):
            raise click.UsageError(
                "--field needs a --body that is an object, and this one is not. Leave one of them out."
            )
        for text in fields:
            _set_field(body, text, hint.objects)
    if body is None and required:
        raise click.UsageError("The body is missing. Give --body @FILE, --body - or --field NAME=VALUE.")
    return body


def _load(text: str) -> Any:
    """Parse `@FILE`, `-` or JSON. Files and stdin that are not JSON are parsed as YAML."""
    name, content = _content(text)
    try:
        return json.loads(content)
    except RecursionError:
        raise click.UsageError(f"{name} is nested too deeply.") from None
    except ValueError as error:
        if name == "--body":
            raise click.UsageError(f"--body is not JSON: {error}. For a file, write @ before its name.") from None
        if name.endswith(".json"):
            raise click.UsageError(f"{name} is not JSON: {error}.") from None
    return _yaml(name, content)


def _content(text: str) -> tuple[str, bytes]:
    """Return a name for messages and the content of `@FILE`, `-` or JSON."""
    if text == "-":
        return "stdin", sys.stdin.buffer.read()
    if not text.startswith("@"):
        return "--body", text.encode("utf-8", "surrogateescape")
    try:
        return text[1:], Path(text[1:]).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{text[1:]!r} cannot be read: {error.strerror}.") from None


def _yaml(name: str, content: bytes) -> Any:
    import yaml

    try:
        return json.loads(json.dumps(yaml.safe_load(content), default=_serialize_date))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise click.UsageError(f"{name} is neither JSON nor YAML: {' '.join(str(error).split())}.") from None


def _serialize_date(value: object) -> str:
    """Return a YAML date as ISO 8601, which models read."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"JSON has no {type(value).__name__}")


def _fields(objects: list[Any]) -> dict[str, Any]:
    """Return the annotations of the fields of all variants of an object."""
    return {name: hint for variant in objects for name, hint in get_type_hints(variant).items()}


def _set_field(body: dict[str, Any], text: str, objects: list[Any]) -> None:
    """Set the field given as `name=value` or `name:=json`."""
    name, equals, value = text.partition("=")
    if not equals or not name.rstrip(":"):
        raise click.UsageError(f"--field {text!r} is not of the form name=value.")
    as_json = name.endswith(":")
    *parents, field = name.rstrip(":").split(".")
    for key in parents:
        objects = Hint.of(_field_hint(objects, key, text)).objects
        inner: Any = body.setdefault(key, {})
        if not is_object(inner):
            raise click.UsageError(f"--field {text!r}: {key} is not an object.")
        body = inner
    hint = Hint.of(_field_hint(objects, field, text))
    if as_json:
        body[field] = _parse_json(text, value)
    elif hint.item is not None:
        items: Any = body.setdefault(field, [])
        if not isinstance(items, list):
            raise click.UsageError(f"--field {text!r}: {field} is not a list.")
        body[field] = [*items, _convert(text, value, hint.item)]
    else:
        body[field] = _convert(text, value, hint)


def _field_hint(objects: list[Any], name: str, text: str) -> Any:
    fields = _fields(objects)
    if fields and name not in fields:
        from difflib import get_close_matches

        similar = get_close_matches(name, fields, n=1)
        suggestion = f"Did you mean {similar[0]}?" if similar else f"Its fields are {', '.join(fields)}."
        raise click.UsageError(f"--field {text!r}: the body has no field {name}. {suggestion}")
    return fields.get(name)


def _convert(text: str, value: str, hint: Any) -> Any:
    """Convert a value to the type of its field."""
    inner = hint if isinstance(hint, Hint) else Hint.of(hint)
    if bytes in inner.members and value.startswith("@"):
        return Path(value[1:])
    if inner.is_body or inner.is_mapping or (inner.members and dict in inner.members):
        return _parse_json(text, value)
    if inner.members == ():
        return value
    type_ = value_type(_union(inner))
    if isinstance(type_, Moment):
        type_ = click.STRING if str in inner.members else type_
    try:
        return type_.convert(value, None, None)
    except click.UsageError as error:
        raise click.UsageError(f"--field {text!r}: {error.message}") from None


def _union(hint: Hint) -> Any:
    from typing import Union

    return Union[hint.members]  # noqa: UP007  # the members are known only at run time


def _parse_json(text: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"--field {text!r}: the value is not JSON: {error}") from None
