"""The specs as the sandbox needs them: operations with their paths, parameters and schemas.

References are resolved once, at the start, into nested dictionaries that may be shared and
recursive; a schema validator follows them only as deep as the data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeGuard
from urllib.parse import unquote, urlsplit

import yaml

__all__ = ["Node", "Operation", "Product", "find_specs", "group_name", "is_list", "is_node", "kind_of", "load_products"]

# An object in a YAML document. Its shape is checked where it is used.
Node: TypeAlias = dict[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def is_node(value: object) -> TypeGuard[Node]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def kind_of(schema: Node) -> str | None:
    """Return the type of a schema, other than null."""
    kind: object = schema.get("type")
    if is_list(kind):
        return next((str(member) for member in kind if member != "null"), "null")
    return None if kind is None else str(kind)


class _Loader(yaml.CSafeLoader):
    """A loader of scalars as in YAML 1.2: `OFF`, `no` and dates are strings."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")
)


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation. `pattern` matches a whole request path."""

    product: str
    id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    wildcards: int
    parameters: tuple[Node, ...]
    body: Node | None
    responses: dict[str, Node]
    security: tuple[tuple[str, ...], ...]
    node: Node = field(repr=False)

    def response(self, status: int) -> Node | None:
        """Return the response for this status: exact, then `4XX`, then `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None


@dataclass(frozen=True, eq=False)
class Product:
    """One spec: a product, its console name and its security schemes."""

    name: str
    console_name: str | None
    schemes: dict[str, Node]
    operations: tuple[Operation, ...]
    document: Node = field(repr=False)


class _Files:
    """Parsed files, and nodes with all references resolved."""

    def __init__(self) -> None:
        self._parsed: dict[Path, Node] = {}
        self._resolved: dict[tuple[Path, str], Any] = {}

    def parse(self, path: Path) -> Node:
        if path not in self._parsed:
            loaded = yaml.load(path.read_text("utf-8"), _Loader)
            if not is_node(loaded):
                raise ValueError(f"{path.name}: expected an OpenAPI document")
            self._parsed[path] = loaded
        return self._parsed[path]

    def target(self, reference: str, base: Path) -> Any:
        location, _, pointer = reference.partition("#")
        path = (base.parent / location).resolve() if location else base
        key = (path, pointer)
        if key not in self._resolved:
            node: Any = self.parse(path)
            for part in pointer.split("/")[1:]:
                name = unquote(part).replace("~1", "/").replace("~0", "~")
                node = node[int(name)] if is_list(node) else node[name]
            # Stored before it is filled, for recursive schemas.
            placeholder: Any = {} if is_node(node) else None
            self._resolved[key] = placeholder
            inlined = self.inline(node, path)
            if is_node(placeholder) and is_node(inlined):
                placeholder.update(inlined)
            else:
                self._resolved[key] = inlined
        return self._resolved[key]

    def inline(self, node: Any, base: Path) -> Any:
        if is_list(node):
            return [self.inline(item, base) for item in node]
        if not is_node(node):
            return node
        if isinstance(node.get("$ref"), str):
            target = self.target(node["$ref"], base)
            siblings = {key: self.inline(value, base) for key, value in node.items() if key != "$ref"}
            return {**target, **siblings} if siblings and is_node(target) else target
        return {str(key): self.inline(value, base) for key, value in node.items()}


def find_specs() -> Path:
    """Return the folder of specs: beside the sources in a checkout, inside the package when installed."""
    checkout = Path(__file__).resolve().parents[2] / "specs"
    return checkout if checkout.is_dir() else Path(str(files("xcaas_sandbox"))) / "_specs"


@lru_cache
def load_products(folder: Path | None = None) -> tuple[Product, ...]:
    """Read every spec of a folder. The result is shared, so do not change it."""
    loader = _Files()
    folder = folder or find_specs()
    paths = (path for path in sorted(folder.glob("*.yaml")) if "openapi" in loader.parse(path))
    return tuple(_product(path, loader) for path in paths)


def _product(path: Path, files: _Files) -> Product:
    document = files.inline(files.parse(path), path)
    product = document.get("x-xcaas-product", {})
    name = product.get("name", path.stem)
    components = document.get("components", {})
    operations = [
        _operation(name, document, template, method, item)
        for template, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]
    return Product(
        name, product.get("console_name"), components.get("securitySchemes", {}), tuple(operations), document
    )


def _operation(product: str, document: Node, template: str, method: str, item: Node) -> Operation:
    node = item[method]
    own = {(p["in"], p["name"]) for p in node.get("parameters", [])}
    shared = [p for p in item.get("parameters", []) if (p["in"], p["name"]) not in own]
    servers = node.get("servers") or item.get("servers") or document.get("servers") or [{"url": "/"}]
    security = node.get("security", document.get("security", []))
    return Operation(
        product=product,
        id=node["operationId"],
        method=method.upper(),
        path=template,
        pattern=_pattern(servers, template),
        wildcards=template.count("{"),
        parameters=(*node.get("parameters", []), *shared),
        body=node.get("requestBody"),
        responses=node.get("responses", {}),
        security=tuple(tuple(requirement) for requirement in security),
        node=node,
    )


def _pattern(servers: list[Node], template: str) -> re.Pattern[str]:
    prefixes = "|".join(sorted({_server_path(server) for server in servers}))
    path = _to_regex(template, lambda name: f"(?P<p_{group_name(name)}>[^/]+)")
    return re.compile(f"(?:{prefixes}){path}")


def _server_path(server: Node) -> str:
    url: str = server["url"]
    # Only the path: a base URL replaces scheme and host.
    path = re.sub(r"^(?:[a-z]+:)?//[^/{]*(?:\{[^}]*\}[^/{]*)*", "", url) if "//" in url else urlsplit(url).path

    def variable(name: str) -> str:
        spec = server.get("variables", {}).get(name, {})
        values = spec.get("enum")
        return "(?:" + "|".join(re.escape(value) for value in values) + ")" if values else "[^/]+"

    # "https://host{region}/path": the variable after the host is a part of the path if its values are.
    behind_host = re.match(r"^(?:[a-z]+:)?//[^/{]*((?:\{[^}]*\})*)(/.*)?$", url)
    if behind_host and behind_host[1]:
        name = behind_host[1].strip("{}")
        enum = server.get("variables", {}).get(name, {}).get("enum", [])
        if any(value.startswith("/") for value in enum):
            path = behind_host[1] + (behind_host[2] or "")
    return _to_regex(path.rstrip("/"), variable)


def _to_regex(template: str, variable: Callable[[str], str]) -> str:
    """Return a template as a regular expression, its `{names}` replaced by `variable`."""
    parts = re.split(r"\{(.*?)\}", template)
    return "".join(variable(part) if index % 2 else re.escape(part) for index, part in enumerate(parts))


def group_name(name: str) -> str:
    """Return a parameter name as the name of a regular expression's group."""
    return re.sub(r"\W", "_", name)
