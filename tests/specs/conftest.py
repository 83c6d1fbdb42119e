"""The spec folder as tests read it: parsed as YAML 1.2, references resolvable across files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPECS = Path(__file__).resolve().parents[2] / "specs"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")

Node: TypeAlias = Any  # whatever YAML holds; its shape is what the tests are about


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of scalars: `on`, `no` and dates are text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class Folder:
    """Every YAML file under `specs/`, and what references in them point to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, Node] = {
            path.relative_to(root).as_posix(): yaml.load(path.read_text("utf-8"), _Loader)
            for path in sorted(root.rglob("*.yaml"))
        }
        self.documents = {name: node for name, node in self.files.items() if "openapi" in node}
        self.registry: Registry[Node] = Registry().with_resources(
            (self.uri(name), DRAFT202012.create_resource(node)) for name, node in self.files.items()
        )

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def follow(self, name: str, node: Node) -> tuple[str, Node]:
        """The node itself, or what it refers to, with the file it stands in."""
        while isinstance(node, dict) and "$ref" in node:
            location, _, pointer = node["$ref"].partition("#")
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), location)) if location else name
            node = self.files[name]
            for part in pointer.split("/")[1:]:
                node = node[part.replace("~1", "/").replace("~0", "~")]
        return name, node

    def operations(self, name: str) -> Iterator[tuple[str, str, Node, Node]]:
        """Path, method, operation and path item of a document."""
        for path, item in self.documents[name].get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method], item


_FOLDER = Folder(SPECS)
PRODUCTS = tuple(_FOLDER.documents)


@pytest.fixture(scope="session")
def folder() -> Folder:
    return _FOLDER


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `document` runs once per spec, one that asks for `file` once per YAML file."""
    if "document" in metafunc.fixturenames:
        metafunc.parametrize("document", PRODUCTS)
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("file", tuple(_FOLDER.files))
