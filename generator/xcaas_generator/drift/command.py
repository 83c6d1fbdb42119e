"""`xcaas-gen drift`: compare both folders, and report differences without a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from xcaas_generator.drift.compare import Difference, drift
from xcaas_generator.drift.facts import Facts, facts
from xcaas_generator.drift.reasons import read_reasons
from xcaas_generator.failure import Failure
from xcaas_generator.generate.repository import repository_request
from xcaas_generator.problems import InputError, printable
from xcaas_generator.progress import Progress
from xcaas_generator.read import read_document

REASONS_FILE = "drift.toml"
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def run_drift(
    folder: Path, start: Path, format_: Literal["text", "json"], progress: Progress, reasons: Path | None = None
) -> tuple[str, bool]:
    """Return the report, and whether there are unexplained differences.

    Raises:
        Failure: The folder contains no documents, or the file of reasons is invalid.
    """
    request = repository_request(start)
    specs = request.sources[0].path.parent
    known_reasons = read_reasons(reasons or specs / REASONS_FILE)
    our_facts = {source.name: _read(source.path, progress) for source in request.sources}
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    vendor_facts = [item for path in paths for item in _read_theirs(path, progress)]
    progress.clear()
    if not vendor_facts:
        raise Failure(f"{folder} contains no OpenAPI document with operations", code=2)
    differences = drift(our_facts, vendor_facts)
    unexplained = [item for item in differences if not any(reason.covers(item) for reason in known_reasons)]
    stale = [f"{reason.product}: {pattern}" for reason in known_reasons for pattern in reason.stale(differences)]
    report = _as_json if format_ == "json" else _as_text
    return report(unexplained, len(differences) - len(unexplained), stale), bool(unexplained)


def _read(path: Path, progress: Progress) -> list[Facts]:
    progress.step(f"reading {path}")
    return facts(read_document(path, name=path.stem, strict=False).document)


def _read_theirs(path: Path, progress: Progress) -> list[Facts]:
    """Read one of the vendor's files. Files that are no documents, such as shared parts, are skipped."""
    try:
        return _read(path, progress)
    except InputError as error:
        progress.say(f"{path}: skipped: {error.problems[0].message}")
        return []


def _as_text(unexplained: list[Difference], explained: int, stale: list[str]) -> str:
    lines: list[str] = []
    product = None
    for item in unexplained:
        if item.product != product:
            product = item.product
            lines.append(f"{printable(product)}:")
        lines.append(f"  {printable(item.text)}")
    lines += [f"stale, no longer explains anything: {printable(pattern)}" for pattern in stale]
    lines.append(f"{len(unexplained)} unexplained differences, {explained} explained")
    return "\n".join(lines)


def _as_json(unexplained: list[Difference], explained: int, stale: list[str]) -> str:
    content = {
        "unexplained": [{"product": item.product, "difference": item.text} for item in unexplained],
        "explained": explained,
        "stale": stale,
    }
    return json.dumps(content, indent=2)
