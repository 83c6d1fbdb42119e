"""Wall-clock time of generating clients, compared with the plain `openapi-python-client` command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from ._measure import Comparison, compare, show

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
THREE_PRODUCTS = ("oauth", "storage", "cc_realtime")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        plain = {spec.stem: _bundled(spec, work) for spec in sorted((ROOT / "specs").glob("*.yaml"))}
        single = _compare(lambda: _build("storage", work), lambda: _plain(plain["storage"], work))
        show("one document (storage, 14 operations)", single, peer="openapi-python-client", budget=0.9)
        document_100 = _synthetic(100, work)
        large = _compare(lambda: _build_from(document_100, work), lambda: _plain(document_100, work))
        show("one document (100 operations, 200 schemas)", large, peer="openapi-python-client", budget=0.9)
        document_1000 = _synthetic(1000, work)
        growth = _seconds(lambda: _build_from(document_1000, work)) / large.ours
        print(f"ten times the document: {growth:.1f} times the time")
        three = _compare(
            lambda: _repository(work, THREE_PRODUCTS),
            lambda: _plain_all([plain[name] for name in THREE_PRODUCTS], work),
        )
        show("three documents", three, peer="the sum of the commands")
        all_documents = _compare(
            lambda: _repository(work, tuple(plain)), lambda: _plain_all(list(plain.values()), work), rounds=1
        )
        show(f"all {len(plain)} documents", all_documents, peer="the sum of the commands", budget=1 / 6)
        _incremental(work)


def _incremental(work: Path) -> None:
    copy = _checkout(work / "checkout", ())
    _generate(copy)
    print(f"nothing to do: {_seconds(lambda: _generate(copy)):.2f} s  budget 0.1 s")
    spec = copy / "specs" / "storage.yaml"
    times: list[float] = []
    for count in range(3):
        text = spec.read_text("utf-8")
        field = (
            f"        shared{count}:\n          type: boolean\n          description: A new field.\n        shared:\n"
        )
        spec.write_text(text.replace("        shared:\n", field, 1), "utf-8")
        times.append(_seconds(lambda: _generate(copy)))
    print(f"one field changed: {min(times):.2f} s  budget 1.5 s")


def _compare(ours: Callable[[], object], peer: Callable[[], object], rounds: int = 3) -> Comparison:
    return compare(ours, peer, rounds=rounds, clock=time.perf_counter)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _bundled(spec: Path, work: Path) -> Path:
    """Write the spec as one file, since the plain generator does not follow references to other files."""
    target = work / "bundled" / f"{spec.stem}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(_Bundle(spec).document), "utf-8")
    return target


class _Bundle:
    """A document with everything that it references under its own components."""

    def __init__(self, spec: Path) -> None:
        self._moved: dict[tuple[Path, str], str] = {}
        self.document: Any = yaml.safe_load(spec.read_text("utf-8"))
        self._components: Any = self.document.setdefault("components", {})
        self.document = self._walk(self.document, spec.resolve(), spec.resolve())

    def _walk(self, node: object, file: Path, home: Path) -> Any:
        if isinstance(node, list):
            return [self._walk(item, file, home) for item in cast("list[object]", node)]
        if not isinstance(node, dict):
            return str(node) if isinstance(node, date) else node
        mapping = cast("dict[str, object]", node)
        reference = mapping.get("$ref")
        if not isinstance(reference, str):
            return {str(key): self._walk(value, file, home) for key, value in mapping.items()}
        location, _, pointer = reference.partition("#")
        target = (file.parent / location).resolve() if location else file
        if target == home:
            return {"$ref": f"#{pointer}"}
        if "/paths/" in pointer or (pointer.count("/") == 1 and "parameters" not in target.stem):
            return self._walk(_resolve(target, pointer), target, home)
        return {"$ref": self._move(target, pointer, home)}

    def _move(self, file: Path, pointer: str, home: Path) -> str:
        if (file, pointer) not in self._moved:
            section = pointer.split("/")[-2] or file.stem
            name = f"{pointer.rsplit('/', 1)[-1]}{len(self._moved)}"
            self._moved[file, pointer] = f"#/components/{section}/{name}"
            self._components.setdefault(section, {})[name] = self._walk(_resolve(file, pointer), file, home)
        return self._moved[file, pointer]


def _resolve(file: Path, pointer: str) -> Any:
    node: Any = yaml.safe_load(file.read_text("utf-8"))
    for part in pointer.split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def _environment() -> dict[str, str]:
    """Return an environment in which commands cache bytecode, as usual, and the peer finds its formatter."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**variables, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True, env=_environment())


def _plain(document: Path, work: Path) -> None:
    target = work / "plain" / document.stem
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(exist_ok=True)
    command: list[str | Path] = [BIN / "openapi-python-client", "generate", "--path", document, "--output-path", target]
    # It fails on some documents. The time counts nevertheless.
    subprocess.run(command, check=False, capture_output=True, env=_environment())


def _plain_all(documents: list[Path], work: Path) -> None:
    for document in documents:
        _plain(document, work)


def _build(name: str, work: Path) -> None:
    _build_from(ROOT / "specs" / f"{name}.yaml", work)


def _build_from(document: Path, work: Path) -> None:
    target = work / "built"
    shutil.rmtree(target, ignore_errors=True)
    _run(BIN / "xcaas-gen", "build", document, "--package", "built", "--out", target)


def _synthetic(count: int, work: Path) -> Path:
    """Write a document of `count` operations, with twice as many schemas that reference each other."""

    def reference(index: int) -> dict[str, str]:
        return {"$ref": f"#/components/schemas/Thing{index % (2 * count)}"}

    def response(index: int) -> dict[str, object]:
        return {"description": "A thing.", "content": {"application/json": {"schema": reference(index)}}}

    text, parameter = {"type": "string"}, {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    schemas = {
        f"Thing{index}": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": text,
                "size": {"type": "integer"},
                "when": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["a", "b", "c"]},
                "next": reference(index + 1),
                "more": {"type": "array", "items": reference(index * 7)},
            },
        }
        for index in range(2 * count)
    }
    paths = {
        f"/things{index}/{{id}}": {
            "get": {
                "operationId": f"getThing{index}",
                "tags": [f"things{index % 20}"],
                "parameters": [parameter],
                "responses": {"200": response(index), "404": response(index + 1)},
            }
        }
        for index in range(count)
    }
    document = {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "paths": paths}
    target = work / f"things{count}.json"
    target.write_text(json.dumps({**document, "components": {"schemas": schemas}}), "utf-8")
    return target


def _checkout(target: Path, names: tuple[str, ...]) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "specs", target / "specs")
    for spec in (target / "specs").glob("*.yaml"):
        if names and spec.stem not in names:
            spec.unlink()
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def _repository(work: Path, names: tuple[str, ...]) -> None:
    _generate(_checkout(work / "repository", names))


def _generate(checkout: Path) -> None:
    _run(BIN / "xcaas-gen", "generate", cwd=checkout)


if __name__ == "__main__":
    main()
