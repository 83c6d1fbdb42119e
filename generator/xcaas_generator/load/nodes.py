"""Nodes of documents: a value, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from xcaas_generator.ir import JSON, SourceLocation
from xcaas_generator.load.decode import SourceFile

Scope: TypeAlias = tuple[tuple[str, tuple[str, str]], ...]
"""What `$dynamicRef`s lead to from here: the name of an anchor, and the key of a node."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a document together with where it stands."""

    file: SourceFile
    pointer: str
    value: JSON
    scope: Scope = ()

    @property
    def place(self) -> SourceLocation:
        return SourceLocation(self.file.label, self.pointer)

    @property
    def key(self) -> tuple[str, str]:
        return self.file.label, f"{self.pointer} {self.scope}" if self.scope else self.pointer

    def child(self, token: str | int) -> Node:
        """Return the node below `token`; None as a node when there is none."""
        node = self.value
        below: JSON = None
        if isinstance(node, dict):
            below = node.get(str(token))
        elif isinstance(node, list) and isinstance(token, int) and token < len(node):
            below = node[token]
        return Node(self.file, f"{self.pointer}/{escape(str(token))}", below, self.scope)

    def get(self, token: str) -> JSON:
        return self.value.get(token) if isinstance(self.value, dict) else None

    def has(self, token: str) -> bool:
        return isinstance(self.value, dict) and token in self.value

    def text(self, token: str) -> str:
        """Return the text at `token`, "" when there is none or it is something else."""
        value = self.get(token)
        return value if isinstance(value, str) else ""

    def items(self) -> list[tuple[str, Node]]:
        """Return key and node of a mapping, sorted, so that names don't hang on the order of a dictionary."""
        if not isinstance(self.value, dict):
            return []
        return [(key, self.child(key)) for key in sorted(self.value)]

    def elements(self) -> list[Node]:
        return [self.child(index) for index in range(len(self.value))] if isinstance(self.value, list) else []


def escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def unescape(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def way(node: Node) -> list[Node]:
    """Return the nodes from the root of its file to a node."""
    way = [Node(node.file, "", node.file.tree)]
    for token in node.pointer.split("/")[1:]:
        at = way[-1]
        way.append(at.child(int(token) if isinstance(at.value, list) else unescape(token)))
    return way
