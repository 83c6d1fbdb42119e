"""Bodies of requests: from a file, from stdin, or field by field with the types of the spec."""

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
        """Return the fields that begin like this, or a field's known values."""
        name, equals, begun = incomplete.partition("=")
        fields = _fields(self._hint.objects)
        if not equals:
            return [CompletionItem(f"{field}=") for field in fields if field.startswith(name)]
        kind = value_type(fields.get(name))
        known = kind.values if isinstance(kind, KnownValue) else []
        return [CompletionItem(f"{name}={value}") for value in known if value.startswith(begun)]


def body_options(text: str, hint: Hint, *, required: bool) -> Iterator[click.Option]:
    """Yield the options for the body of an operation."""
    need = " Required, unless you use --field." if required else ""
    yield click.Option(
        ["--body", "_body"],
        metavar="@FILE|-|JSON",
        help=f"{text or 'What to send.'} Give @FILE (JSON or YAML), - for stdin, or JSON.{need}",
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


def read_body(given: dict[str, Any], hint: Hint, *, required: bool) -> Any:
    """Return the body that options describe, None if they describe none."""
    body: Any = None if given["_body"] is None else _load(given["_body"])
    fields: tuple[str, ...] = given.get("_fields") or ()
    if fields:
        body = {} if body is None else body
        if not is_object(body):
            raise click.UsageError(
                "--field needs a --body that is an object, and this one is not. Leave one of them out."
            )
        for text in fields:
            _put(body, text, hint.objects)
    if body is None and required:
        raise click.UsageError("The body is missing. Give --body @FILE, --body - or --field NAME=VALUE.")
    return body


def _load(text: str) -> Any:
    """Return what `@FILE`, `-` or JSON says. What is no JSON in a file is YAML."""
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
    """Return the name and the bytes of what `@FILE`, `-` or JSON stands for."""
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
        return json.loads(json.dumps(yaml.safe_load(content), default=_date))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise click.UsageError(f"{name} is neither JSON nor YAML: {' '.join(str(error).split())}.") from None


def _date(value: object) -> str:
    """Return the text of a date in YAML, which the models read."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"JSON has no {type(value).__name__}")


def _fields(objects: list[Any]) -> dict[str, Any]:
    """Return the annotations of all fields that some form of an object has."""
    return {name: hint for form in objects for name, hint in get_type_hints(form).items()}


def _put(body: dict[str, Any], text: str, objects: list[Any]) -> None:
    """Put in the field that `name=value` or `name:=json` names."""
    name, equals, value = text.partition("=")
    if not equals or not name.rstrip(":"):
        raise click.UsageError(f"--field {text!r} is not of the form name=value.")
    as_json = name.endswith(":")
    *outer, last = name.rstrip(":").split(".")
    for key in outer:
        objects = Hint.of(_hint(objects, key, text)).objects
        inner: Any = body.setdefault(key, {})
        if not is_object(inner):
            raise click.UsageError(f"--field {text!r}: {key} is not an object.")
        body = inner
    hint = Hint.of(_hint(objects, last, text))
    if as_json:
        body[last] = _json(text, value)
    elif hint.item is not None:
        found: Any = body.setdefault(last, [])
        if not isinstance(found, list):
            raise click.UsageError(f"--field {text!r}: {last} is not a list.")
        body[last] = [*found, _converted(text, value, hint.item)]
    else:
        body[last] = _converted(text, value, hint)


def _hint(objects: list[Any], name: str, text: str) -> Any:
    fields = _fields(objects)
    if fields and name not in fields:
        from difflib import get_close_matches

        near = get_close_matches(name, fields, n=1)
        known = f"Did you mean {near[0]}?" if near else f"Its fields are {', '.join(fields)}."
        raise click.UsageError(f"--field {text!r}: the body has no field {name}. {known}")
    return fields.get(name)


def _converted(text: str, value: str, hint: Any) -> Any:
    """Return a value as the type that its field has."""
    inner = hint if isinstance(hint, Hint) else Hint.of(hint)
    if bytes in inner.members and value.startswith("@"):
        return Path(value[1:])
    if inner.is_body or inner.is_mapping or (inner.members and dict in inner.members):
        return _json(text, value)
    if inner.members == ():
        return value
    kind = value_type(_union(inner))
    if isinstance(kind, Moment):
        kind = click.STRING if str in inner.members else kind
    try:
        return kind.convert(value, None, None)
    except click.UsageError as error:
        raise click.UsageError(f"--field {text!r}: {error.message}") from None


def _union(hint: Hint) -> Any:
    from typing import Union

    return Union[hint.members]  # noqa: UP007  # made of what is known at run time only


def _json(text: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"--field {text!r}: the value is not JSON: {error}") from None
