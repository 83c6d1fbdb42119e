"""OpenAPI documents read without the generator: files, references and operations."""

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
    """Return whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: JSON) -> TypeGuard[list[JSON]]:
    """Return whether a JSON value is a list."""
    return isinstance(value, list)


class _Loader(yaml.CSafeLoader):
    """A YAML 1.2 loader for documents: dates, `on` and `yes` stay strings."""


_BOOLEAN = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    inherited: Any = yaml.CSafeLoader
    resolvers_by_character: dict[str, list[tuple[str, Any]]] = inherited.yaml_implicit_resolvers
    return {
        first: [
            (tag, _BOOLEAN if tag.endswith(":bool") else pattern)
            for tag, pattern in resolvers
            if not tag.endswith(":timestamp")
        ]
        for first, resolvers in resolvers_by_character.items()
    }


setattr(_Loader, "yaml_implicit_resolvers", _resolvers())  # noqa: B010 - the stubs do not know it


@dataclass(frozen=True)
class Node:
    """A value in a document, and its location."""

    document: Document = field(repr=False, compare=False)
    file: str
    pointer: str
    value: JSON = field(compare=False)

    def child(self, key: str | int) -> Node:
        """Return a member, with references resolved. Raises KeyError if there is none."""
        value = self.value[key]
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        return self.document.follow(Node(self.document, self.file, f"{self.pointer}/{escaped}", value))

    def get(self, key: str) -> Node | None:
        """Return a member, with references resolved; None if there is none or its reference is broken."""
        if not is_object(self.value) or key not in self.value:
            return None
        try:
            return self.child(key)
        except (LookupError, OSError, ValueError):
            return None

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield the members of a map or list."""
        keys: list[Any] = list(self.value) if is_object(self.value) else list(range(len(self.value or ())))
        for key in keys:
            try:
                yield str(key), self.child(key)
            except (LookupError, OSError, ValueError):
                continue

    @property
    def fields(self) -> dict[str, JSON]:
        """The members of an object; empty for other values."""
        return self.value if is_object(self.value) else {}

    @property
    def name(self) -> str:
        """The last part of the pointer."""
        return unquote(self.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~"))


@dataclass(frozen=True)
class OperationNode:
    """One operation with its path item."""

    method: str
    path: str
    node: Node
    item: Node

    @property
    def key(self) -> str:
        """`GET /things`."""
        return f"{self.method} {self.path}"

    def parameters(self) -> dict[tuple[str, str], Node]:
        """Return the parameters by location and name; those of the operation override those of the path."""
        parameters: dict[tuple[str, str], Node] = {}
        for owner in (self.item, self.node):
            section = owner.get("parameters")
            for _, parameter in section.items() if section is not None else ():
                parameter = _query_parameter(parameter)
                if parameter.fields.get("name") and parameter.fields.get("in"):
                    parameters[parameter.fields["in"], parameter.fields["name"].strip()] = parameter
        names = re.findall(r"\{([^{}]+)\}", self.path.partition("#")[0])
        parameters = {key: parameter for key, parameter in parameters.items() if key[0] != "path" or key[1] in names}
        for name in names:
            if ("path", name) not in parameters:
                # Undeclared, but needed for the path.
                value = {"name": name, "in": "path", "required": True, "schema": {"enum": ["7"]}}
                parameters["path", name] = Node(
                    self.node.document, self.node.file, f"{self.item.pointer}/#{name}", value
                )
        return parameters


def _query_parameter(parameter: Node) -> Node:
    """Return a form for the entire query string (3.2) as an exploded object in the query."""
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
        """Return the target of a reference; other nodes unchanged."""
        for _ in range(50):
            if not is_object(node.value) or not isinstance(node.value.get("$ref"), str):
                return node
            file, _, fragment = node.value["$ref"].partition("#")
            target = self._resolve(file, node.file, fragment)
            others = {key: value for key, value in node.value.items() if key not in ("$ref", "description", "summary")}
            if others and self.version >= "3.1" and is_object(target.value):
                # In 3.1, a schema may have members beside its reference; both apply.
                return Node(self, node.file, node.pointer, {"allOf": [{"$ref": node.value["$ref"]}], **others})
            node = target
        raise LookupError(node.pointer)

    def _resolve(self, file: str, base: str, fragment: str) -> Node:
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
        operations: list[OperationNode] = []
        paths = self.root.get("paths")
        for path, item in paths.items() if paths is not None else ():
            if path.startswith("x-"):
                continue
            for method in METHODS:
                value = item.fields.get(method)
                # Keep broken references, so that they are not silently lost.
                node = item.get(method) or Node(self, item.file, f"{item.pointer}/{method}", value)
                if is_object(node.value) and not _is_stream(node):
                    operations.append(OperationNode(method.upper(), path, node, item))
        return operations

    def errors(self, schema: Node, value: JSON, *, write: bool) -> list[str]:
        """Return the errors of an independent validator for a JSON value."""
        if schema.value is True or not is_object(schema.value):
            return []
        name = "OAS31Validator" if self.version >= "3.1" else "OAS30WriteValidator" if write else "OAS30ReadValidator"
        kind: Any = getattr(_VALIDATORS, name)
        if self._registry is None:
            self._registry = self._make_registry()
        validator: Any = kind({"$ref": f"{schema.file}#{schema.pointer}"}, registry=self._registry)
        # Before 3.1, authors write `nullable` beside `allOf`, which the validator ignores.
        nulls = self.version < "3.1"
        faults: Iterator[Any] = validator.iter_errors(value)
        try:
            relevant = [
                fault
                for fault in faults
                if not (
                    _is_harmless(fault)
                    or (nulls and fault.instance is None)
                    or _is_left_out(schema, fault, write=write)
                )
            ]
            return [f"{fault.json_path}: {fault.message[:200]}" for fault in relevant[:3]]
        except Exception:
            return []  # the schema is invalid; the validator may raise anything

    def _make_registry(self) -> Any:
        def retrieve(uri: str) -> Any:
            return DRAFT202012.create_resource(self._load(uri))

        make: Any = Registry
        return make(retrieve=retrieve)


def _is_left_out(schema: Node, error: Any, *, write: bool) -> bool:
    """Return whether the missing property is read-only or write-only, which 3.1 may require all the same."""
    keyword = "readOnly" if write else "writeOnly"
    return (
        error.validator == "required"
        and not error.absolute_path
        and any(str(error.message).startswith(f"{name!r} ") for name in _properties_with(schema, keyword, 0))
    )


def _properties_with(schema: Node, keyword: str, depth: int) -> Iterator[str]:
    """Yield the names of properties with a keyword, including those of `allOf`."""
    properties, parts = schema.get("properties"), schema.get("allOf")
    for name, property_schema in properties.items() if properties is not None else ():
        if property_schema.fields.get(keyword) is True:
            yield name
    for _, part in parts.items() if parts is not None and depth < 5 else ():
        yield from _properties_with(part, keyword, depth + 1)


def _with_names(tree: JSON) -> JSON:
    """Convert all keys to strings: YAML has numbers as keys, such as `200`."""
    if is_object(tree):
        return {str(key): _with_names(value) for key, value in tree.items()}
    return [_with_names(value) for value in tree] if is_list(tree) else tree


def _is_harmless(error: Any) -> bool:
    """Return whether an error is only that several variants of a `oneOf` match, which is frequent, or that a
    schema shared with responses is read-only."""
    if error.validator == "oneOf":
        return not error.context
    if error.validator in ("readOnly", "writeOnly"):
        return not error.absolute_path
    causes = list(error.context or ())
    return error.validator in ("anyOf", "allOf") and bool(causes) and all(_is_harmless(cause) for cause in causes)
