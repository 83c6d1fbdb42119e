"""`$dynamicRef`: what a generic schema leaves open, and the schemas that refer to it fill in.

A page of anything has `$dynamicRef: "#item"` where its items stand; a page of users refers to it, and has a
`$dynamicAnchor` of that name in its `$defs`. What is reached from there carries that as its scope, and so is
another schema than the generic one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from xcaas_generator.load.nodes import Node, way

_KEYWORD = "$dynamicRef"


class DynamicScopes:
    """What stands for dynamic anchors, by where they are reached from. `follow` follows a reference for itself."""

    def __init__(self, follow: Callable[[Node], Node | None]) -> None:
        self._follow = follow
        self._bound: dict[tuple[str, str], Node] = {}
        self._open: dict[tuple[str, str], frozenset[str]] = {}
        self._is_open: dict[str, bool] = {}

    def bound(self, node: Node) -> Node | None:
        """Return what the scope of a `$dynamicRef` has for it, or else a schema around it."""
        name = _name(node)
        if name is None:
            return None
        key = dict(node.scope).get(name)
        return _anchors(node).get(name) if key is None else self._bound[key]

    def entered(self, node: Node, target: Node) -> Node:
        """Return the target of a reference with the scope that it has from there. What is outermost counts."""
        names = self._open_names(target)
        if not names:
            return target
        scope = dict(node.scope)
        for name, at in _anchors(node).items():
            if name not in scope and name in names and not _is_within(at, target):
                scope[name] = at.key
                self._bound[at.key] = at
        return replace(target, scope=tuple(sorted((name, key) for name, key in scope.items() if name in names)))

    def _open_names(self, target: Node) -> frozenset[str]:
        """Return the names of the dynamic references in a schema and in what it refers to."""
        file = target.file
        if file.label not in self._is_open:
            self._is_open[file.label] = _KEYWORD.encode() in file.data
        if not self._is_open[file.label]:
            return frozenset()
        plain = replace(target, scope=())
        known = self._open.get(plain.key)
        if known is not None:
            return known
        names: set[str] = set()
        waiting, seen = [plain], {plain.key}
        while waiting:
            for at in _below(waiting.pop()):
                name = _name(at)
                if name is not None:
                    names.add(name)
                following = self._follow(at) if isinstance(at.get("$ref"), str) else None
                if following is not None and following.key not in seen:
                    seen.add(following.key)
                    waiting.append(following)
        found = self._open[plain.key] = frozenset(names)
        return found


def _name(node: Node) -> str | None:
    """Return the name of the anchor in a `$dynamicRef`. One of a JSON pointer is a reference as any other."""
    fragment = node.text(_KEYWORD).partition("#")[2] if not node.has("$ref") else ""
    return fragment if fragment and not fragment.startswith("/") else None


def _anchors(node: Node) -> dict[str, Node]:
    """Return the dynamic anchors of the schemas that a node stands in, the outermost of each name."""
    found: dict[str, Node] = {}
    for at in way(node):
        for one in (at, *(below for _, below in at.child("$defs").items())):
            name = one.text("$dynamicAnchor")
            if name:
                found.setdefault(name, one)
    return found


def _is_within(node: Node, target: Node) -> bool:
    return node.file is target.file and (node.pointer + "/").startswith(target.pointer + "/")


def _below(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        waiting += [below for _, below in at.items()] or at.elements()
