"""Documents, each in a process of its own with a time limit, as many at a time as there are processors (but four at most)."""

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
    """Return names and paths of the OpenAPI 3 documents in a folder, however deep."""
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
    """Check documents, as many at a time as there are processors. One that takes too long is ended."""
    _warm_up()
    context = multiprocessing.get_context("fork")
    waiting = list(documents)
    running: list[_Running] = []
    while waiting or running:
        while waiting and len(running) < min(os.cpu_count() or 1, 4):
            name, path = waiting.pop(0)
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(sending, path, name, seconds), daemon=True)
            process.start()
            sending.close()
            running.append(_Running(name, process, receiving, time.monotonic() + seconds + _GRACE))
        wait([one.results for one in running], timeout=0.5)
        for one in list(running):
            found = _outcome(one)
            if found is not None:
                running.remove(one)
                yield found


def _warm_up() -> None:
    """Load once what each document's process needs; it takes longer than a small document."""
    with tempfile.TemporaryDirectory() as folder:
        generate(COLLECTION / "references.yaml", Path(folder) / "warm")
    with Client(verify=False):
        pass


def _work(sending: Any, path: Path, name: str, seconds: float) -> None:
    result = check_document(path, name, seconds)
    sending.send(result)
    sending.close()


def _outcome(one: _Running) -> Result | None:
    try:
        found: Any = one.results.recv() if one.results.poll() else None
    except EOFError:
        found = _lost(one.name, "the process ended without a result")
    if found is None and time.monotonic() > one.until:
        found = _lost(one.name, "it took too long and was ended")
    if found is None:
        return None
    one.process.kill()
    one.process.join(10)
    one.results.close()
    return found if isinstance(found, Result) else None


def _lost(name: str, why: str) -> Result:
    return Result(name, operations=1, answers=1, failures=[Failure(name, "*", "broken", why)])
