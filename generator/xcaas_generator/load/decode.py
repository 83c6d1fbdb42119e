"""From bytes to a plain tree of dicts, lists and scalars, JSON or YAML.

Whatever the input is, the result is a tree or an `InputError` that names the line:
broken encodings, duplicate keys, nesting bombs, alias bombs and files of absurd
size end in a message within bounded time and memory.
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
    """One file as read. `label` is how messages call it; `base` is where its relative references start
    (a folder or URL, with a slash at the end), None when it has no place of its own."""

    label: str
    tree: JSON = field(repr=False)
    data: bytes = field(repr=False)
    base: str | None = None
    problems: tuple[Problem, ...] = ()


def load(data: bytes, label: str, base: str | None = None) -> SourceFile:
    """Read one file. Raises `InputError` when there is no tree to be had from it."""
    if len(data) > MAX_BYTES:
        raise _error(label, f"the file has {len(data):,} bytes, more than the limit of {MAX_BYTES:,}")
    text, notes = _decode(data, label)
    if not text.strip():
        raise _error(label, "the file is empty")
    tree, more = _read(text, label)
    _check_depth(tree, label)
    problems = tuple(_problem(label, note) for note in (*notes, *more))
    return SourceFile(label, tree, data, base, problems)


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16/32 by its byte order mark, or else Latin-1, which takes anything."""
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
    """Read JSON when it looks like it, because that is ten times as fast; YAML reads what is only nearly JSON."""
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
    # Where a key stands twice, only the YAML reader knows; it reads nearly every JSON text.
    return (tree, _duplicates(text, label)) if duplicates else (tree, [])


def _json(text: str) -> tuple[JSON, bool]:
    duplicates = False

    def pairs(items: list[tuple[str, JSON]]) -> dict[str, JSON]:
        nonlocal duplicates
        found = dict(items)
        duplicates = duplicates or len(found) != len(items)
        return found

    tree: JSON = json.loads(text, object_pairs_hook=pairs, parse_int=_integer, parse_constant=str)
    return tree, duplicates


def _integer(text: str) -> int | float:
    """Read an integer. Python refuses those of thousands of digits; no schema means one."""
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
        below: list[JSON] = []
        for node in level:
            if isinstance(node, dict):
                below.extend(value for value in node.values() if isinstance(value, dict | list))
            elif isinstance(node, list):
                below.extend(value for value in node if isinstance(value, dict | list))
        level = below


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
