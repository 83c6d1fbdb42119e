"""Finds operations that need dangling references, or schemas that consist only of themselves."""

from __future__ import annotations

from collections.abc import Iterable

from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.keywords import ANNOTATIONS

# Keywords that calls don't need: examples, notes, headers of responses, and schemas that matter only if referenced.
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
# Keywords whose keys are names, not keywords.
_MAPS = frozenset(("properties", "patternProperties", "dependentSchemas", "content"))

_Key = tuple[str, str]


class LostParts:
    """Searches the parts that operations need. Each part of a document is searched once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._cache: dict[_Key, tuple[list[Node], str | None]] = {}

    def reason(self, needed: Iterable[Node]) -> str | None:
        """Return the reason why a needed part, direct or through references, is missing; None if none is."""
        pending = list(needed)
        seen = {node.key for node in pending}
        while pending:
            targets, reason = self._scan(pending.pop())
            if reason is not None:
                return reason
            pending += [node for node in targets if node.key not in seen]
            seen.update(node.key for node in targets)
        return None

    def of_operation(self, operation: Node, item: Node) -> str | None:
        """Return the reason why an operation can't be called, if any. Bodies of errors are not needed."""
        responses = self._resolver.entries(operation, "responses")
        succeeds = any(status.strip().startswith("2") for status, _ in responses)
        failures = ("4", "5", "default") if succeeds else ("4", "5")
        successes = [node for status, node in responses if not status.strip().lower().startswith(failures)]
        parameters = [owner.child("parameters") for owner in (operation, item)]
        return self.reason([*parameters, operation.child("requestBody"), *successes])

    def _scan(self, node: Node) -> tuple[list[Node], str | None]:
        """Return the targets of references in `node`, and the reason why a part of it is missing, if any."""
        result = self._cache.get(node.key)
        if result is None:
            result = self._cache[node.key] = self._search(node)
        return result

    def _search(self, node: Node) -> tuple[list[Node], str | None]:
        targets: list[Node] = []
        pending: list[tuple[Node, bool]] = [(node, False)]
        while pending:
            current, is_map = pending.pop()
            reason = None if is_map else self._problem_of(current)
            if reason is not None:
                return [], reason
            target = self._resolver.known_target(current)
            targets += [target] if target is not None else []
            pending += [(child, False) for child in current.elements()]
            for key, child in current.items():
                if is_map or not (key in _SKIPPED or key.startswith("x-")):
                    pending.append((child, not is_map and key in _MAPS))
        return targets, None

    def _problem_of(self, node: Node) -> str | None:
        if self._resolver.is_dangling(node):
            return f"the reference {self._resolver.reference(node)!r} at #{node.pointer} leads nowhere"
        if (node.has("$ref") or node.has("allOf")) and not self._has_content(node):
            return f"the schema at #{node.pointer} is made of nothing but itself"
        return None

    def _has_content(self, node: Node) -> bool:
        """Return whether a schema has any keyword but annotations, directly or through references and parts."""
        pending = [node]
        seen: set[_Key] = set()
        while pending:
            schema = pending.pop()
            if schema.key in seen:
                continue
            seen.add(schema.key)
            parts = schema.child("allOf").elements()
            if not isinstance(schema.value, dict) or (not parts and self._resolver.reference(schema) is None):
                return True
            if any(
                not (key in ANNOTATIONS or key in ("$ref", "allOf") or key.startswith("x-")) for key in schema.value
            ):
                return True
            target = self._resolver.known_target(schema)
            pending += [*parts, *([] if target is None else [target])]
        return False
