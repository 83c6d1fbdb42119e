"""Nodes of documents: values with their locations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from xcaas_generator.ir import JSON, SourceLocation
from xcaas_generator.load.decode import SourceFile

Scope: TypeAlias = tuple[tuple[str, tuple[str, str]], ...]
"""Targets of `$dynamicRef`s: names of anchors, each with the key of a node."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document, with its file and JSON pointer."""

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
        """Return the node at `token`, with the value None if there is none."""
        value = self.value
        child: JSON = None
        if isinstance(value, dict):
            child = value.get(str(token))
        elif isinstance(value, list) and isinstance(token, int) and token < len(value):
            child = value[token]
        return Node(self.file, f"{self.pointer}/{escape(str(token))}", child, self.scope)

    def get(self, token: str) -> JSON:
        return self.value.get(token) if isinstance(self.value, dict) else None

    def has(self, token: str) -> bool:
        return isinstance(self.value, dict) and token in self.value

    def text(self, token: str) -> str:
        """Return the string at `token`; "" if there is none or it is not a string."""
        value = self.get(token)
        return value if isinstance(value, str) else ""

    def items(self) -> list[tuple[str, Node]]:
        """Return the entries of a mapping, sorted by key, so that names do not depend on their order."""
        if not isinstance(self.value, dict):
            return []
        return [(key, self.child(key)) for key in sorted(self.value)]

    def elements(self) -> list[Node]:
        return [self.child(index) for index in range(len(self.value))] if isinstance(self.value, list) else []


def escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def unescape(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def path_to(node: Node) -> list[Node]:
    """Return the nodes from the root of the file to `node`."""
    nodes = [Node(node.file, "", node.file.tree)]
    for token in node.pointer.split("/")[1:]:
        parent = nodes[-1]
        nodes.append(parent.child(int(token) if isinstance(parent.value, list) else unescape(token)))
    return nodes
