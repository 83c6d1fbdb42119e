"""OpenAPI documents as they are written: files, references and operations, read without the generator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard
from urllib.parse import unquote

import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.conformance.identities import with_pointers

__all__ = ["JSON", "METHODS", "Document", "Node", "OperationNode", "is_list", "is_object"]

JSON: TypeAlias = Any
_VALIDATORS = import_module("openapi_schema_validator")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def is_object(value: JSON) -> TypeGuard[dict[str, JSON]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: JSON) -> TypeGuard[list[JSON]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


class _Loader(yaml.CSafeLoader):
    """YAML 1.2 as far as documents need it: dates stay strings, and so do `on` and `yes`."""


_BOOLEAN = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    inherited: Any = yaml.CSafeLoader
    known: dict[str, list[tuple[str, Any]]] = inherited.yaml_implicit_resolvers
    return {
        first: [
            (tag, _BOOLEAN if tag.endswith(":bool") else pattern)
            for tag, pattern in resolvers
            if not tag.endswith(":timestamp")
        ]
        for first, resolvers in known.items()
    }


setattr(_Loader, "yaml_implicit_resolvers", _resolvers())  # noqa: B010 - the stubs do not know it


@dataclass(frozen=True)
class Node:
    """A value in a document and the place where it stands."""

    document: Document = field(repr=False, compare=False)
    file: str
    pointer: str
    value: JSON = field(compare=False)

    def child(self, key: str | int) -> Node:
        """Return a member, with references followed. KeyError if there is none."""
        value = self.value[key]
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        return self.document.follow(Node(self.document, self.file, f"{self.pointer}/{escaped}", value))

    def get(self, key: str) -> Node | None:
        """Return a member, with references followed; None if there is none or it leads nowhere."""
        if not is_object(self.value) or key not in self.value:
            return None
        try:
            return self.child(key)
        except (LookupError, OSError, ValueError):
            return None

    def items(self) -> Iterator[tuple[str, Node]]:
        """Give the members of a map or list."""
        keys: list[Any] = list(self.value) if is_object(self.value) else list(range(len(self.value or ())))
        for key in keys:
            try:
                yield str(key), self.child(key)
            except (LookupError, OSError, ValueError):
                continue

    @property
    def fields(self) -> dict[str, JSON]:
        """The members, none where there is no object."""
        return self.value if is_object(self.value) else {}

    @property
    def name(self) -> str:
        """The last part of the pointer."""
        return unquote(self.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~"))


@dataclass(frozen=True)
class OperationNode:
    """One operation with what it takes over from its path and document."""

    method: str
    path: str
    node: Node
    item: Node

    @property
    def key(self) -> str:
        """`GET /things`."""
        return f"{self.method} {self.path}"

    def parameters(self) -> dict[tuple[str, str], Node]:
        """Return the parameters by place and name, those of the path first, each overridden by the operation's own."""
        found: dict[tuple[str, str], Node] = {}
        for owner in (self.item, self.node):
            section = owner.get("parameters")
            for _, parameter in section.items() if section is not None else ():
                parameter = _of_query(parameter)
                if parameter.fields.get("name") and parameter.fields.get("in"):
                    found[parameter.fields["in"], parameter.fields["name"].strip()] = parameter
        names = re.findall(r"\{([^{}]+)\}", self.path.partition("#")[0])
        found = {key: one for key, one in found.items() if key[0] != "path" or key[1] in names}
        for name in names:
            if ("path", name) not in found:
                # Not declared, and yet the path cannot do without.
                value = {"name": name, "in": "path", "required": True, "schema": {"enum": ["7"]}}
                found["path", name] = Node(self.node.document, self.node.file, f"{self.item.pointer}/#{name}", value)
        return found


def _of_query(parameter: Node) -> Node:
    """Return a form that is the whole query string (3.2) as the exploded object in the query that it is."""
    media = dict(parameter.fields.get("content") or {}).get("application/x-www-form-urlencoded")
    if parameter.fields.get("in") != "querystring" or media is None:
        return parameter
    others = {key: value for key, value in parameter.fields.items() if key != "content"}
    return Node(parameter.document, parameter.file, parameter.pointer, {**others, **media, "in": "query"})


def _is_stream(operation: Node) -> bool:
    responses = operation.get("responses")
    return responses is not None and "101" in responses.fields


class Document:
    """A document with the files that it references."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._files: dict[str, JSON] = {}
        self.root = Node(self, self.path.as_uri(), "", self._load(self.path.as_uri()))
        self.version = str(self.root.fields.get("openapi", ""))
        self._registry: Any = None

    def _load(self, uri: str) -> JSON:
        if uri not in self._files:
            if not uri.startswith("file://"):
                raise LookupError(uri)
            text = Path(unquote(uri.removeprefix("file://"))).read_text("utf-8")
            tree = json.loads(text) if text.lstrip()[:1] == "{" else yaml.load(text, _Loader)
            self._files[uri] = with_pointers(_with_names(tree))
        return self._files[uri]

    def follow(self, node: Node) -> Node:
        """Return what a reference leads to; any other node as it is."""
        for _ in range(50):
            if not is_object(node.value) or not isinstance(node.value.get("$ref"), str):
                return node
            file, _, fragment = node.value["$ref"].partition("#")
            target = self._at(file, node.file, fragment)
            others = {key: value for key, value in node.value.items() if key not in ("$ref", "description", "summary")}
            if others and self.version >= "3.1" and is_object(target.value):
                # A schema of 3.1 may have members beside its reference; they hold together.
                return Node(self, node.file, node.pointer, {"allOf": [{"$ref": node.value["$ref"]}], **others})
            node = target
        raise LookupError(node.pointer)

    def _at(self, file: str, base: str, fragment: str) -> Node:
        uri = base
        if file:
            uri = (
                file
                if "://" in file
                else (Path(unquote(base.removeprefix("file://"))).parent / unquote(file)).resolve().as_uri()
            )
        node = Node(self, uri, "", self._load(uri))
        for part in fragment.split("/")[1:]:
            key: Any = unquote(part).replace("~1", "/").replace("~0", "~")
            if is_list(node.value):
                key = int(key)
            node = node.child(key)
        return node

    def operations(self) -> list[OperationNode]:
        """Return the operations in the order of the document."""
        found: list[OperationNode] = []
        paths = self.root.get("paths")
        for path, item in paths.items() if paths is not None else ():
            if path.startswith("x-"):
                continue
            for method in METHODS:
                raw = item.fields.get(method)
                # One that leads nowhere stays, lest it is lost in silence.
                node = item.get(method) or Node(self, item.file, f"{item.pointer}/{method}", raw)
                if is_object(node.value) and not _is_stream(node):
                    found.append(OperationNode(method.upper(), path, node, item))
        return found

    def errors(self, schema: Node, value: JSON, *, write: bool) -> list[str]:
        """Return how a JSON value does not fit a schema, by an independent validator."""
        if schema.value is True or not is_object(schema.value):
            return []
        name = "OAS31Validator" if self.version >= "3.1" else "OAS30WriteValidator" if write else "OAS30ReadValidator"
        kind: Any = getattr(_VALIDATORS, name)
        if self._registry is None:
            self._registry = self._make_registry()
        validator: Any = kind({"$ref": f"{schema.file}#{schema.pointer}"}, registry=self._registry)
        # Before 3.1, `nullable` beside `allOf` means more to authors than to the validator.
        nulls = self.version < "3.1"
        faults: Iterator[Any] = validator.iter_errors(value)
        try:
            found = [
                one
                for one in faults
                if not (_harmless(one) or (nulls and one.instance is None) or _left_out(schema, one, write=write))
            ]
            return [f"{one.json_path}: {one.message[:200]}" for one in found[:3]]
        except Exception:
            return []  # the schema itself is broken; the validator raises what it likes then

    def _make_registry(self) -> Any:
        def retrieve(uri: str) -> Any:
            return DRAFT202012.create_resource(self._load(uri))

        make: Any = Registry
        return make(retrieve=retrieve)


def _left_out(schema: Node, error: Any, *, write: bool) -> bool:
    """Whether what is missing is only read, or only written: 3.1 leaves open that it is demanded all the same."""
    keyword = "readOnly" if write else "writeOnly"
    return (
        error.validator == "required"
        and not error.absolute_path
        and any(str(error.message).startswith(f"{name!r} ") for name in _marked(schema, keyword, 0))
    )


def _marked(schema: Node, keyword: str, depth: int) -> Iterator[str]:
    """Give the names of properties with a keyword, those of `allOf` included."""
    properties, parts = schema.get("properties"), schema.get("allOf")
    for name, one in properties.items() if properties is not None else ():
        if one.fields.get(keyword) is True:
            yield name
    for _, part in parts.items() if parts is not None and depth < 5 else ():
        yield from _marked(part, keyword, depth + 1)


def _with_names(tree: JSON) -> JSON:
    """Make strings of all names: YAML has numbers as keys, above all `200`."""
    if is_object(tree):
        return {str(key): _with_names(value) for key, value in tree.items()}
    return [_with_names(value) for value in tree] if is_list(tree) else tree


def _harmless(error: Any) -> bool:
    """Whether the only fault is that two variants of a `oneOf` fit, which is frequent, or that a schema
    which is shared with answers says of itself that it is read-only."""
    if error.validator == "oneOf":
        return not error.context
    if error.validator in ("readOnly", "writeOnly"):
        return not error.absolute_path
    inside = list(error.context or ())
    return error.validator in ("anyOf", "allOf") and bool(inside) and all(_harmless(one) for one in inside)
