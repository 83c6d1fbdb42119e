"""`xcaas-gen drift`: read both folders, compare, leave out what is on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from . import front
from .drift import Difference, drift, read_ignored
from .drift_facts import Facts, facts
from .failure import Failure
from .problems import InputError, printable
from .progress import Progress
from .repository import repository_job

IGNORE_FILE = "drift.toml"
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def run_drift(
    folder: Path, start: Path, form: Literal["text", "json"], progress: Progress, ignore: Path | None = None
) -> tuple[str, bool]:
    """The report, and whether there is a difference that nobody has given a reason for.

    Raises:
        Failure: The folder holds no documents, or the ignore file is not as documented.
    """
    job = repository_job(start)
    specs = job.sources[0].path.parent
    ignored = read_ignored(ignore or specs / IGNORE_FILE)
    ours = {source.name: _read(source.path, progress) for source in job.sources}
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    theirs = [item for path in paths for item in _read_theirs(path, progress)]
    progress.clear()
    if not theirs:
        raise Failure(f"{folder} holds no OpenAPI documents with operations", code=2)
    found = drift(ours, theirs)
    left = [item for item in found if not any(entry.covers(item) for entry in ignored)]
    unused = [entry.pattern for entry in ignored if not any(entry.covers(item) for item in found)]
    if form == "json":
        return _as_json(left, len(found) - len(left), unused), bool(left)
    return _as_text(left, len(found) - len(left), unused), bool(left)


def _read(path: Path, progress: Progress) -> list[Facts]:
    progress.step(f"reading {path}")
    return facts(front.read(path, name=path.stem, strict=False).document)


def _read_theirs(path: Path, progress: Progress) -> list[Facts]:
    """Folders of documents hold parts of documents, too; what is none by itself is passed over."""
    try:
        return _read(path, progress)
    except InputError as error:
        progress.say(f"{path}: passed over: {error.problems[0].message}")
        return []


def _as_text(left: list[Difference], ignored: int, unused: list[str]) -> str:
    lines: list[str] = []
    product = None
    for item in left:
        if item.product != product:
            product = item.product
            lines.append(f"{printable(product)}:")
        lines.append(f"  {printable(item.text)}")
    lines += [f"unused entry of the ignore file: {printable(pattern)}" for pattern in unused]
    lines.append(f"{len(left)} differences, {ignored} more that are on purpose")
    return "\n".join(lines)


def _as_json(left: list[Difference], ignored: int, unused: list[str]) -> str:
    content = {
        "differences": [{"product": item.product, "difference": item.text} for item in left],
        "ignored": ignored,
        "unused": unused,
    }
    return json.dumps(content, indent=2)
