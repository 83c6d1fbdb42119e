"""The request for this repository: all documents of `specs/`, into `generated/xcaas/`."""

from __future__ import annotations

from pathlib import Path

from xcaas_generator.failure import Failure
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.python.names import safe

_SPECS, _TARGET = "specs", Path("generated", "xcaas")


def repository_request(start: Path, *, check: bool = False, force: bool = False) -> BuildRequest:
    """Return the request for the repository around `start`. Paths are relative to its root if `start` is.

    Raises:
        Failure: There is no repository, or the name of a document is no valid product name.
    """
    root = _root(start)
    sources = tuple(Source(_product(path), path) for path in sorted((root / _SPECS).glob("*.yaml")))
    if not sources:
        raise Failure(f"no documents in {root / _SPECS}", code=2)
    return BuildRequest(root / _TARGET, sources, suite=True, strict=True, house_rules=True, check=check, force=force)


def spec_path(name: str, start: Path) -> Path:
    """Return the path for the document of a product.

    Raises:
        Failure: There is no repository, or the name is no valid product name.
    """
    path = _root(start) / _SPECS / f"{name}.yaml"
    _product(path)
    if path.parent != _root(start) / _SPECS:
        raise Failure(f"{name!r} is a path, not a product's name", code=2)
    return path


def _root(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / _SPECS).is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise Failure(f"{start} is not inside a repository with specs/ and pyproject.toml", code=2)


def _product(path: Path) -> str:
    name = path.stem
    if safe(name) != name or not name.isascii() or name != name.lower():
        raise Failure(f"{path}: a product's file is named in snake_case, such as cc_realtime.yaml", code=2)
    return name
