"""Parsing of JSON and YAML files into trees of dicts, lists and scalars.

Any input gives a tree or an `InputError` with a line number. Broken encodings, duplicate keys, excessive nesting,
alias bombs and huge files are reported within bounded time and memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from xcaas_generator.ir import JSON, SourceLocation
from xcaas_generator.load.yaml import Note, read_yaml
from xcaas_generator.problems import InputError, Problem

MAX_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 200
_MAX_DIGITS = 300


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """A parsed file. `label` is its name in messages; `base` is the folder or URL, with a slash at the end, that its
    relative references start from, or None if it has no location."""

    label: str
    tree: JSON = field(repr=False)
    data: bytes = field(repr=False)
    base: str | None = None
    problems: tuple[Problem, ...] = ()


def load(data: bytes, label: str, base: str | None = None) -> SourceFile:
    """Parse one file. Raises `InputError` if it can't be parsed."""
    if len(data) > MAX_BYTES:
        raise _error(label, f"the file has {len(data):,} bytes, more than the limit of {MAX_BYTES:,}")
    text, notes = _decode(data, label)
    if not text.strip():
        raise _error(label, "the file is empty")
    tree, parser_notes = _read(text, label)
    _check_depth(tree, label)
    problems = tuple(_problem(label, note) for note in (*notes, *parser_notes))
    return SourceFile(label, tree, data, base, problems)


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16/32 if it has a byte order mark, or Latin-1, which accepts any bytes."""
    for mark, encoding in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _decode(data: bytes, label: str) -> tuple[str, list[Note]]:
    text = decode(data)
    if text.isascii() or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        return text, [Note("", "the file is not UTF-8; it was read as Latin-1", line, column, "Save it as UTF-8.")]
    return text, []


def _read(text: str, label: str) -> tuple[JSON, list[Note]]:
    """Parse text that looks like JSON as JSON, which is ten times faster; fall back to YAML, which is more lenient."""
    if not text.lstrip().startswith(("{", "[")):
        return _yaml(text, label)
    try:
        tree, duplicates = _json(text)
    except RecursionError:
        raise _error(label, f"nested more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:
        try:
            return _yaml(text, label)
        except InputError:
            line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
            raise InputError(
                [Problem(SourceLocation(label, ""), f"this is not valid JSON: {error}", line=line, column=column)]
            ) from None
    # Only the YAML reader locates duplicate keys; it accepts nearly all JSON.
    return (tree, _duplicates(text, label)) if duplicates else (tree, [])


def _json(text: str) -> tuple[JSON, bool]:
    duplicates = False

    def build_object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        nonlocal duplicates
        mapping = dict(pairs)
        duplicates = duplicates or len(mapping) != len(pairs)
        return mapping

    tree: JSON = json.loads(text, object_pairs_hook=build_object, parse_int=_integer, parse_constant=str)
    return tree, duplicates


def _integer(text: str) -> int | float:
    """Parse an integer; as a float if it has more digits than Python accepts."""
    return int(text) if len(text) < _MAX_DIGITS else float(text)


def _duplicates(text: str, label: str) -> list[Note]:
    try:
        return _yaml(text, label)[1]
    except InputError:
        return [Note("", "a key appears twice in one object; the last one is used", 1, 1, "Remove one of them.")]


def _yaml(text: str, label: str) -> tuple[JSON, list[Note]]:
    tree, notes, failure = read_yaml(text, max_depth=MAX_DEPTH)
    if failure is not None:
        raise InputError([_problem(label, failure, fatal=True)])
    return tree, notes


def _check_depth(tree: JSON, label: str) -> None:
    level: list[JSON] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _error(label, f"nested more than {MAX_DEPTH} levels deep")
        next_level: list[JSON] = []
        for node in level:
            if isinstance(node, dict):
                next_level.extend(value for value in node.values() if isinstance(value, dict | list))
            elif isinstance(node, list):
                next_level.extend(value for value in node if isinstance(value, dict | list))
        level = next_level


def _problem(label: str, note: Note, *, fatal: bool = False) -> Problem:
    return Problem(
        SourceLocation(label, note.pointer),
        note.message,
        note.advice,
        "error" if fatal else "warning",
        note.line,
        note.column,
    )


def _error(label: str, message: str) -> InputError:
    return InputError([Problem(SourceLocation(label, ""), message, line=1, column=1)])
