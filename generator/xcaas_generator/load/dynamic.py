"""`$dynamicRef`: parts of a generic schema that the schemas referring to it define.

The schema of a generic page has `$dynamicRef: "#item"` for its items; a page of users refers to it, and has a
`$dynamicAnchor: item` in its `$defs`. Nodes reached from there have that anchor in their scope, which makes them
different from those of the generic schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from xcaas_generator.load.nodes import Node, path_to

_KEYWORD = "$dynamicRef"


class DynamicScopes:
    """Resolves dynamic anchors by scope. `follow` resolves a reference regardless of scope."""

    def __init__(self, follow: Callable[[Node], Node | None]) -> None:
        self._follow = follow
        self._anchored: dict[tuple[str, str], Node] = {}
        self._names_by_key: dict[tuple[str, str], frozenset[str]] = {}
        self._has_keyword: dict[str, bool] = {}

    def target(self, node: Node) -> Node | None:
        """Return the target of a `$dynamicRef`: from its scope, or else a schema around it."""
        name = _anchor_name(node)
        if name is None:
            return None
        key = dict(node.scope).get(name)
        return _anchors(node).get(name) if key is None else self._anchored[key]

    def with_scope(self, node: Node, target: Node) -> Node:
        """Return `target` with its scope when reached from `node`. The outermost anchor of a name wins."""
        names = self._names_in(target)
        if not names:
            return target
        scope = dict(node.scope)
        for name, anchor in _anchors(node).items():
            if name not in scope and name in names and not _is_within(anchor, target):
                scope[name] = anchor.key
                self._anchored[anchor.key] = anchor
        return replace(target, scope=tuple(sorted((name, key) for name, key in scope.items() if name in names)))

    def _names_in(self, target: Node) -> frozenset[str]:
        """Return the names of dynamic references in a schema and everything it refers to."""
        file = target.file
        if file.label not in self._has_keyword:
            self._has_keyword[file.label] = _KEYWORD.encode() in file.data
        if not self._has_keyword[file.label]:
            return frozenset()
        plain = replace(target, scope=())
        cached = self._names_by_key.get(plain.key)
        if cached is not None:
            return cached
        names: set[str] = set()
        pending, seen = [plain], {plain.key}
        while pending:
            for node in _descendants(pending.pop()):
                name = _anchor_name(node)
                if name is not None:
                    names.add(name)
                referenced = self._follow(node) if isinstance(node.get("$ref"), str) else None
                if referenced is not None and referenced.key not in seen:
                    seen.add(referenced.key)
                    pending.append(referenced)
        result = self._names_by_key[plain.key] = frozenset(names)
        return result


def _anchor_name(node: Node) -> str | None:
    """Return the anchor that a `$dynamicRef` names; None if it has a JSON pointer, like any other reference."""
    fragment = node.text(_KEYWORD).partition("#")[2] if not node.has("$ref") else ""
    return fragment if fragment and not fragment.startswith("/") else None


def _anchors(node: Node) -> dict[str, Node]:
    """Return the dynamic anchors of the schemas around `node`; of each name, the outermost."""
    anchors: dict[str, Node] = {}
    for ancestor in path_to(node):
        for schema in (ancestor, *(definition for _, definition in ancestor.child("$defs").items())):
            name = schema.text("$dynamicAnchor")
            if name:
                anchors.setdefault(name, schema)
    return anchors


def _is_within(node: Node, target: Node) -> bool:
    return node.file is target.file and (node.pointer + "/").startswith(target.pointer + "/")


def _descendants(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += [child for _, child in current.items()] or current.elements()
