"""Check documents in parallel processes, at most four, each with a time limit."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from tests.conformance.clients import generate
from tests.conformance.loop import Failure, Result, check_document
from xcaas_core.sdk import ClientBase as Client

__all__ = ["COLLECTION", "documents_of", "own_documents", "run_documents"]

ROOT = Path(__file__).parents[2]
COLLECTION = Path(__file__).parent / "documents"
_SUFFIXES = (".yaml", ".yml", ".json")
_GRACE = 15.0


def documents_of(folder: Path) -> list[tuple[str, Path]]:
    """Return names and paths of the OpenAPI 3 documents in a folder, recursively."""
    paths = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    base = folder.parent if folder.is_file() else folder
    return [(path.relative_to(base).as_posix(), path) for path in paths if path.is_file() and _is_document(path)]


def own_documents() -> list[tuple[str, Path]]:
    """Return the project's specs, the documents of its tests, and the collection."""
    folders = [ROOT / "specs", ROOT / "tests" / "generator" / "fixtures", COLLECTION]
    return [(f"{folder.name}/{name}", path) for folder in folders for name, path in documents_of(folder)]


def _is_document(path: Path) -> bool:
    head = path.read_text("utf-8", "replace")[:20000]
    return any(line.lstrip(' {"').startswith("openapi") for line in head.splitlines()) or '"openapi"' in head


@dataclass
class _Running:
    name: str
    process: ForkProcess
    results: Any
    until: float


def run_documents(documents: Iterable[tuple[str, Path]], seconds: float) -> Iterator[Result]:
    """Check documents in parallel. Those that take too long are terminated."""
    _warm_up()
    context = multiprocessing.get_context("fork")
    pending = list(documents)
    running: list[_Running] = []
    while pending or running:
        while pending and len(running) < min(os.cpu_count() or 1, 4):
            name, path = pending.pop(0)
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_check_and_send, args=(sender, path, name, seconds), daemon=True)
            process.start()
            sender.close()
            running.append(_Running(name, process, receiver, time.monotonic() + seconds + _GRACE))
        wait([item.results for item in running], timeout=0.5)
        for item in list(running):
            result = _outcome(item)
            if result is not None:
                running.remove(item)
                yield result


def _warm_up() -> None:
    """Import once what all processes need, which takes longer than a small document."""
    with tempfile.TemporaryDirectory() as folder:
        generate(COLLECTION / "references.yaml", Path(folder) / "warm")
    with Client(verify=False):
        pass


def _check_and_send(sender: Any, path: Path, name: str, seconds: float) -> None:
    result = check_document(path, name, seconds)
    sender.send(result)
    sender.close()


def _outcome(item: _Running) -> Result | None:
    try:
        result: Any = item.results.recv() if item.results.poll() else None
    except EOFError:
        result = _broken(item.name, "the process ended without a result")
    if result is None and time.monotonic() > item.until:
        result = _broken(item.name, "it took too long and was ended")
    if result is None:
        return None
    item.process.kill()
    item.process.join(10)
    item.results.close()
    return result if isinstance(result, Result) else None


def _broken(name: str, reason: str) -> Result:
    return Result(name, operations=1, responses=1, failures=[Failure(name, "*", "broken", reason)])
