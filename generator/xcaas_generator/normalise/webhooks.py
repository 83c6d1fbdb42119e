"""What the service sends of its own accord: `webhooks` of the document, and `callbacks` of its operations.

There is nothing to call in them. What counts is the payload: its schemas get classes, and each
webhook is listed with its name, so that a receiver finds the type to read.
"""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import DanglingReference
from xcaas_generator.normalise.drafts import WebhookDraft
from xcaas_generator.normalise.extensions import keys, reading
from xcaas_generator.normalise.extensions.rules import well_formed
from xcaas_generator.normalise.keywords import Unreadable, brief, flag
from xcaas_generator.normalise.naming import class_name
from xcaas_generator.normalise.operations import Operations
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.python import names
from xcaas_generator.report import UNFORESEEN


class Webhooks:
    """Reads them after the operations, which know where their callbacks stand."""

    def __init__(self, shaper: Shaper, operations: Operations) -> None:
        self._shaper = shaper
        self._report = shaper.report
        self._operations = operations

    def read(self, root: Node) -> list[WebhookDraft]:
        """Return all of them: the document's own by name, then callbacks by operation."""
        # Before OpenAPI 3.1 had a place for them, `x-webhooks` was what documentation tools read.
        listed = self._listed(root, "webhooks") + self._listed(root, "x-webhooks")
        found = [draft for name, item in listed for draft in self._in_item(name, item)]
        for id_ in sorted(self._operations.nodes):
            found += self._callbacks(id_, self._operations.nodes[id_])
        return found

    def _callbacks(self, id_: str, operation: Node) -> Iterator[WebhookDraft]:
        for name, listed in self._listed(operation, "callbacks"):
            callback = self._shaper.resolver.deref(listed)
            if callback is None or not isinstance(callback.value, dict):
                self._report.error(listed.place, f"the callback {name!r} can't be read; it was left out")
                continue
            for url, item in callback.items():
                if not url.startswith("x-"):
                    yield from self._in_item(name, item, id_, url)

    def _listed(self, above: Node, key: str) -> list[tuple[str, Node]]:
        below = above.child(key)
        if below.value is not None and not isinstance(below.value, dict):
            self._report.warn(below.place, f"{key!r} should be a mapping, not {brief(below.value)}; it was ignored")
        try:
            listed = self._shaper.resolver.entries(above, key)
        except DanglingReference as error:
            self._report.error(below.place, f"{error}; {key!r} was left out")
            return []
        return [(name, item) for name, item in listed if not name.startswith("x-")]

    def _in_item(self, name: str, item: Node, operation: str = "", url: str = "") -> Iterator[WebhookDraft]:
        found = self._operations.in_item(item)
        if not found:
            self._report.warn(item.place, f"nothing is sent by {name!r}: its path item has no method")
        for method, node in found:
            try:
                yield self._webhook(name, method, self._shaper.resolver.end(node), operation, url)
            except (DanglingReference, Unreadable) as error:
                self._report.error(node.place, f"the webhook {name!r} was left out: {error}")
            except UNFORESEEN as error:
                reason = f"{type(error).__name__}: {error}"
                self._report.error(node.place, f"the webhook {name!r} can't be read ({reason}); it was left out")

    def _webhook(self, name: str, method: str, node: Node, operation: str, url: str) -> WebhookDraft:
        webhook = ir.Webhook(
            name=name.strip(),
            method=method.upper(),
            place=node.place,
            summary=node.text("summary").strip(),
            doc=node.text("description").strip(),
            deprecated=flag(node, "deprecated", self._report),
            operation=operation,
            url=url,
            key_urls=self._key_urls(node),
        )
        own = node.text("operationId").strip()
        owner = class_name(own if names.words(own) else f"{operation} {name}")
        return WebhookDraft(webhook, self._operations.bodies.read(node, owner, [], "Payload"))

    def _key_urls(self, node: Node) -> tuple[str, ...]:
        if not node.has(keys.SIGNATURE) or not well_formed(node, keys.SIGNATURE, self._report):
            return ()
        return reading.key_urls(node.child(keys.SIGNATURE))
