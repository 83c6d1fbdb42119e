"""What an operation needs and nobody can follow: references that lead nowhere, and schemas made of nothing but themselves."""

from __future__ import annotations

from collections.abc import Iterable

from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.keywords import ANNOTATIONS

# Examples and notes, what is for errors only, headers, without which a response is what it is, and schemas that count
# where something refers to them.
_SKIPPED = frozenset(
    (
        "$defs",
        "definitions",
        "example",
        "examples",
        "default",
        "enum",
        "const",
        "discriminator",
        "externalDocs",
        "headers",
        "links",
        "callbacks",
    )
)
# Their keys are names, whatever they are.
_NAMES = frozenset(("properties", "patternProperties", "dependentSchemas", "content"))

_Key = tuple[str, str]


class LostParts:
    """Looks through what operations need. Each part of a document is looked through once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._scanned: dict[_Key, tuple[list[Node], str | None]] = {}

    def reason(self, needed: Iterable[Node]) -> str | None:
        """Return why something that is needed, directly or through references, can't be had; None where all is there."""
        waiting = list(needed)
        seen = {node.key for node in waiting}
        while waiting:
            targets, reason = self._scan(waiting.pop())
            if reason is not None:
                return reason
            waiting += [node for node in targets if node.key not in seen]
            seen.update(node.key for node in targets)
        return None

    def of_operation(self, operation: Node, item: Node) -> str | None:
        """Return why an operation can't be called. What an error holds is not needed: its status says enough."""
        responses = self._resolver.entries(operation, "responses")
        succeeds = any(status.strip().startswith("2") for status, _ in responses)
        failures = ("4", "5", "default") if succeeds else ("4", "5")
        successes = [node for status, node in responses if not status.strip().lower().startswith(failures)]
        parameters = [one.child("parameters") for one in (operation, item)]
        return self.reason([*parameters, operation.child("requestBody"), *successes])

    def _scan(self, node: Node) -> tuple[list[Node], str | None]:
        """Return what a part refers to, and why something in it is lost, if it is."""
        known = self._scanned.get(node.key)
        if known is None:
            known = self._scanned[node.key] = self._looked_through(node)
        return known

    def _looked_through(self, node: Node) -> tuple[list[Node], str | None]:
        targets: list[Node] = []
        waiting: list[tuple[Node, bool]] = [(node, False)]
        while waiting:
            at, named = waiting.pop()
            reason = None if named else self._lost(at)
            if reason is not None:
                return [], reason
            target = self._resolver.followed(at)
            targets += [target] if target is not None else []
            waiting += [(below, False) for below in at.elements()]
            for key, below in at.items():
                if named or not (key in _SKIPPED or key.startswith("x-")):
                    waiting.append((below, not named and key in _NAMES))
        return targets, None

    def _lost(self, node: Node) -> str | None:
        if self._resolver.is_dangling(node):
            return f"the reference {self._resolver.reference(node)!r} at #{node.pointer} leads nowhere"
        if (node.has("$ref") or node.has("allOf")) and not self._says(node):
            return f"the schema at #{node.pointer} is made of nothing but itself"
        return None

    def _says(self, node: Node) -> bool:
        """Return whether a schema says anything, here or at the end of its references and parts."""
        waiting = [node]
        seen: set[_Key] = set()
        while waiting:
            at = waiting.pop()
            if at.key in seen:
                continue
            seen.add(at.key)
            parts = at.child("allOf").elements()
            if not isinstance(at.value, dict) or (not parts and self._resolver.reference(at) is None):
                return True
            if any(not (key in ANNOTATIONS or key in ("$ref", "allOf") or key.startswith("x-")) for key in at.value):
                return True
            target = self._resolver.followed(at)
            waiting += [*parts, *([] if target is None else [target])]
        return False
