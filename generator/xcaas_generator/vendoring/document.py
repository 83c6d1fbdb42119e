"""Copies of clients for other documents: `--spec theirs.yaml`. Only these need the generator's libraries."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from ..failure import Failure
from ..generate.request import BuildRequest, Source
from ..package.lockfile import digest_of, read_lockfile
from ..progress import Progress, counted
from ..python.names import safe
from ._vendor_check import Finding
from .copy import Copy, Order, copy_of_package
from .originals import Originals
from .record import Record


def spec_order(spec: Path, target: Path, order: Order) -> Order:
    """Return the order with the path of its document relative to the copy, so that it is portable."""
    return replace(order, spec=Path(os.path.relpath(spec, target)).as_posix())


def spec_path(order: Order, target: Path) -> Path:
    """Return the path of the document of an order."""
    assert order.spec is not None
    return Path(os.path.normpath(target / order.spec))


def copy_of_document(order: Order, target: Path, originals: Originals, progress: Progress) -> Copy:
    """Generate a package from the document, and copy that.

    Raises:
        InputError: The document has problems.
        Failure: There is no such document, or a name does not exist.
    """
    from ..generate.pipeline import run

    path = spec_path(order, target)
    if not path.is_file():
        raise Failure(f"{path}: no such file", code=2)
    name = safe(path.stem.lower().replace("-", "_"), "client")
    with tempfile.TemporaryDirectory() as folder:
        result = run(BuildRequest(Path(folder, name), (Source(name, path),), suite=False), progress)
        lock = read_lockfile(Path(folder, name))
        for warning in result.warnings:
            progress.say(str(warning))
        if result.refused:
            progress.say(f"{path}: {counted(result.refused, 'operation')} refused")
        specs = dict(lock.inputs[name]) if lock else {}
        copy = copy_of_package(name, Path(folder, name), order, specs, originals)
        return replace(copy, refused=result.refused)


def outdated_inputs(record: Record, target: Path, originals: Originals) -> list[Finding]:
    """Return the documents that changed since the copy was written, and core if it changed."""
    path = spec_path(record.order, target)
    paths = {name: Path(os.path.normpath(path.parent / name)) for name in record.specs}
    findings = [
        Finding("outdated", str(document))
        for name, document in paths.items()
        if digest_of(document) != record.specs[name]
    ]
    if record.core != originals.core_digest() or record.sdk != originals.version:
        findings.append(Finding("outdated", f"core of xcaas {record.sdk}, now {originals.version}"))
    return findings
