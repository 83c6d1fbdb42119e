"""`xcaas-gen diff`: read both sides, compare, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Literal, cast

from xcaas_generator import ir
from xcaas_generator.diff.compare import compare
from xcaas_generator.diff.report import as_json, as_markdown, as_text
from xcaas_generator.diff.revisions import documents
from xcaas_generator.diff.rules import Bump, Change, bump
from xcaas_generator.failure import Failure
from xcaas_generator.problems import InputError
from xcaas_generator.progress import Progress
from xcaas_generator.read import read_document

Format = Literal["text", "json", "markdown"]
_REPORTS: dict[Format, Callable[[Sequence[Change], Bump], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


def diff(old: str, new: str, format_: Format, progress: Progress, *, allow_network: bool = False) -> tuple[str, bool]:
    """Return the report, and whether there are breaking changes.

    Raises:
        Failure: A side can't be read, or one side is a file and the other a folder.
    """
    with documents(old) as before, documents(new) as after:
        if ("" in before) != ("" in after):
            raise Failure("compare two files or two folders", code=2)
        changes: list[Change] = []
        identical = True
        for name in sorted({*before, *after}):
            progress.step(f"comparing {name or new}")
            old_document, new_document = (
                _read(before.get(name), name, allow_network),
                _read(after.get(name), name, allow_network),
            )
            changes += [_with_prefix(name, change) for change in compare(old_document, new_document)]
            identical = identical and _without_locations(old_document) == _without_locations(new_document)
    progress.clear()
    changes.sort(key=lambda change: change.grade != "breaking")
    version_bump = bump(changes, identical=identical)
    return _REPORTS[format_](changes, version_bump), any(change.grade == "breaking" for change in changes)


def _read(path: Path | None, name: str, allow_network: bool) -> ir.Document:
    """Return a document; an empty one if the folder has none of that name."""
    if path is None:
        return ir.Document(name, "", "", ir.SourceLocation("", ""))
    try:
        return read_document(path, name=name or "api", strict=False, allow_network=allow_network).document
    except InputError as error:
        raise Failure(str(error), code=2) from error


def _with_prefix(name: str, change: Change) -> Change:
    return replace(change, where=f"{name}.{change.where}") if name else change


def _without_locations(value: object) -> object:
    """Return a document without source locations, which do not belong to the API."""
    if isinstance(value, ir.SourceLocation):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_without_locations(getattr(value, item.name)) for item in fields(value)))
    if isinstance(value, tuple):
        return tuple(_without_locations(item) for item in cast("tuple[object, ...]", value))
    return value
