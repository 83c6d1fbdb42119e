"""The spec folder for tests: parsed as YAML 1.2, with references across files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeGuard

import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

# Any YAML value. Its structure is what the tests check, hence `Any`.
Node: TypeAlias = Any
Map: TypeAlias = dict[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def is_map(node: Node) -> TypeGuard[Map]:
    return isinstance(node, dict)


def is_list(node: Node) -> TypeGuard[list[Node]]:
    return isinstance(node, list)


def escape(part: str) -> str:
    """Return a key as part of a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def walk(node: Node, pointer: str = "") -> Iterator[tuple[str, Map]]:
    """Yield all mappings below a node with their JSON pointers, except in examples and defaults, which are data."""
    if is_map(node):
        yield pointer, node
        for key, value in node.items():
            if key not in ("example", "examples") and not (key == "default" and "type" in node):
                yield from walk(value, f"{pointer}/{escape(key)}")
    elif is_list(node):
        for index, item in enumerate(node):
            yield from walk(item, f"{pointer}/{index}")


class _Loader(yaml.SafeLoader):
    """A loader with scalars of YAML 1.2: `on`, `no` and dates are strings."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _first in "tf":
    _Loader.yaml_implicit_resolvers[_first] = [
        *_Loader.yaml_implicit_resolvers.get(_first, []),
        ("tag:yaml.org,2002:bool", re.compile("true|false")),
    ]


class Folder:
    """All YAML files below a folder, with references resolved."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, Map] = {
            path.relative_to(root).as_posix(): yaml.load(path.read_text("utf-8"), _Loader)
            for path in sorted(root.rglob("*.yaml"))
        }
        self.documents = {name: node for name, node in self.files.items() if "openapi" in node}
        empty: Registry[Node] = Registry()
        self.registry = empty.with_resources(
            [(self.uri(name), DRAFT202012.create_resource(node)) for name, node in self.files.items()]
        )

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def follow(self, name: str, node: Map) -> tuple[str, Map]:
        """Return the node itself or, if it is a reference, its target; and the name of its file."""
        while "$ref" in node:
            location, _, pointer = str(node["$ref"]).partition("#")
            name = self.file_at(name, location)
            node = self.files[name]
            for part in pointer.split("/")[1:]:
                node = node[part.replace("~1", "/").replace("~0", "~")]
        return name, node

    def file_at(self, name: str, location: str) -> str:
        """Return the file that a reference in file `name` refers to; an empty location is the file itself."""
        if not location:
            return name
        return ((self.root / name).parent / location).resolve().relative_to(self.root).as_posix()

    def operations(self, name: str) -> Iterator[tuple[str, str, Map, Map]]:
        """Yield path, method, operation and path item of all operations in a document."""
        for path, reference in self.documents[name].get("paths", {}).items():
            _, item = self.follow(name, reference)
            for method in METHODS:
                if method in item:
                    yield path, method, item[method], item

    def schemas(self, file: str) -> Map:
        """Return the named schemas of a document or of a file with shared parts."""
        content = self.files[file]
        schemas: Map = (content.get("components", {}) if "openapi" in content else content).get("schemas", {})
        return schemas


SPECS: Final = Folder(Path(__file__).resolve().parents[2] / "specs")
