"""Requests that the service sends: `webhooks` of the document, and `callbacks` of its operations.

They are not called. Their payloads get classes, and each webhook is listed by name, so that a receiver finds its type.
"""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import DanglingReference
from xcaas_generator.normalise.drafts import WebhookDraft
from xcaas_generator.normalise.extensions import keys, reading
from xcaas_generator.normalise.extensions.rules import is_well_formed
from xcaas_generator.normalise.keywords import Unreadable, brief, flag
from xcaas_generator.normalise.naming import class_name
from xcaas_generator.normalise.operations import Operations
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.python import names
from xcaas_generator.report import UNEXPECTED_ERRORS


class Webhooks:
    """Reads webhooks and callbacks, after the operations, whose nodes have the callbacks."""

    def __init__(self, shaper: Shaper, operations: Operations) -> None:
        self._shaper = shaper
        self._report = shaper.report
        self._operations = operations

    def read(self, root: Node) -> list[WebhookDraft]:
        """Return all webhooks: the document's own by name, then callbacks by operation."""
        # Before OpenAPI 3.1, documentation tools read `x-webhooks`.
        entries = self._entries(root, "webhooks") + self._entries(root, "x-webhooks")
        drafts = [draft for name, item in entries for draft in self._in_item(name, item)]
        for id_ in sorted(self._operations.nodes):
            drafts += self._callbacks(id_, self._operations.nodes[id_])
        return drafts

    def _callbacks(self, id_: str, operation: Node) -> Iterator[WebhookDraft]:
        for name, reference in self._entries(operation, "callbacks"):
            callback = self._shaper.resolver.deref(reference)
            if callback is None or not isinstance(callback.value, dict):
                self._report.error(reference.place, f"the callback {name!r} can't be read; it was left out")
                continue
            for url, item in callback.items():
                if not url.startswith("x-"):
                    yield from self._in_item(name, item, id_, url)

    def _entries(self, parent: Node, key: str) -> list[tuple[str, Node]]:
        section = parent.child(key)
        if section.value is not None and not isinstance(section.value, dict):
            self._report.warn(section.place, f"{key!r} should be a mapping, not {brief(section.value)}; it was ignored")
        try:
            entries = self._shaper.resolver.entries(parent, key)
        except DanglingReference as error:
            self._report.error(section.place, f"{error}; {key!r} was left out")
            return []
        return [(name, item) for name, item in entries if not name.startswith("x-")]

    def _in_item(self, name: str, item: Node, operation: str = "", url: str = "") -> Iterator[WebhookDraft]:
        operations = self._operations.in_item(item)
        if not operations:
            self._report.warn(item.place, f"nothing is sent by {name!r}: its path item has no method")
        for method, node in operations:
            try:
                yield self._webhook(name, method, self._shaper.resolver.resolve(node), operation, url)
            except (DanglingReference, Unreadable) as error:
                self._report.error(node.place, f"the webhook {name!r} was left out: {error}")
            except UNEXPECTED_ERRORS as error:
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
        if not node.has(keys.SIGNATURE) or not is_well_formed(node, keys.SIGNATURE, self._report):
            return ()
        return reading.key_urls(node.child(keys.SIGNATURE))
