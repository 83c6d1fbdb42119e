"""Contacts: searched with one key, written with another. Parts are included on request."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply
from .._store import Store, filtered, members, ordered
from ._pages import decode_cursor, encode_cursor, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["Contacts"]

CONTACTS: Final = 7
EXAMPLE: Final = "c3697cef-5e57-41cc-8720-6db6e8e2a977"
_PARTS: Final = {
    "TAG": "tags",
    "ADDRESS": "addresses",
    "PHONE": "phones",
    "EMAIL": "emails",
    "EXTENSION": "extensions",
}


class Contacts:
    """Company contacts, and a corporate one, which is read-only."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._clock = clock
        self._parts = itertools.count(20_001)
        self._store = Store("contact")
        example: Node = response_example(product, "createContact")
        for index in range(CONTACTS):
            contact_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"contact {index}")) if index else EXAMPLE
            email = {"email": f"contact{index}@acme.example", "primary": True, "purposeType": "WORK"}
            kind = "corporate" if index == CONTACTS - 1 else "company"
            contact = {**example, "contactType": kind, "lastName": f"Byron {index}", "emails": [email]}
            self._put(contact_id, contact, clock.milliseconds())
        self.handlers: dict[str, Handler] = {
            "searchContacts": self.search,
            "createContact": self.create,
            "replaceContact": self.replace,
            "deleteContact": self.delete,
        }

    def search(self, call: Call) -> Reply:
        rows = filtered([_with_singulars(row) for row in self._store.rows()], call.query.get("filter"))
        rows = [self._store.get(row["id"]) for row in rows]
        details = {_PARTS[part] for part in call.values("details") if part in _PARTS}
        page, meta = self._page(call, rows)
        return Reply({"data": [_without(row, set(_PARTS.values()) - details) for row in page], "meta": meta})

    def create(self, call: Call) -> Reply:
        contact = call.json()
        _check(contact)
        return Reply(self._put(str(uuid.uuid5(uuid.NAMESPACE_DNS, self._store.new_id())), contact))

    def replace(self, call: Call) -> Reply:
        contact = call.json()
        old = self._writable(call.parameter("contactId"))
        _check(contact)
        return Reply(self._put(old["id"], contact, old["createdTimestamp"]))

    def delete(self, call: Call) -> Reply:
        self._store.remove(self._writable(call.parameter("contactId"))["id"])
        return Reply()

    def _page(self, call: Call, rows: Sequence[Node]) -> tuple[Sequence[Node], Node]:
        if not call.flag("useScrollId"):
            field, _, direction = call.query.get("sort", "id,ASC").partition(",")
            numbered_page = numbered(call, ordered(rows, ["-" * (direction.upper() == "DESC") + field]), default=100)
            return numbered_page.rows, {"hasMore": numbered_page.has_more, "scrollId": None}
        if not call.query.get("sort", "").startswith("id"):
            raise Problem(400, "Scroll ids need sort=id,ASC")
        # A scroll id is the last contact of a page, so that new and deleted contacts don't shift the next.
        unknown = Problem(400, "The scroll id is not one that was handed out")
        last = decode_cursor(call.query["scrollId"], 1, unknown)[0] if "scrollId" in call.query else ""
        remaining = [row for row in ordered(rows, ["id"]) if row["id"] > last]
        page = remaining[: call.number("size", 100)]
        more = len(page) < len(remaining)
        return page, {"hasMore": more, "scrollId": encode_cursor(page[-1]["id"]) if more else None}

    def _writable(self, contact_id: str) -> Node:
        contact = self._store.get(contact_id)
        if contact["contactType"] != "company":
            raise Problem(403, "Only company contacts can be changed")
        return contact

    def _put(self, contact_id: str, contact: Node, created: int | None = None) -> Node:
        now = self._clock.milliseconds()
        stored = self._store.put(contact_id, {**contact, "id": contact_id})
        stored |= {"createdTimestamp": created or now, "updatedTimestamp": now}
        stored["name"] = " ".join(stored[part] for part in ("firstName", "lastName") if stored.get(part))
        for part in _PARTS.values():
            for entry in members(stored, part):
                entry["id"] = next(self._parts)
        return stored


def _check(contact: Node) -> None:
    if contact["contactType"] != "company":
        raise Problem(400, "Only company contacts can be written")
    for part, name in (("emails", "email"), ("phones", "phone")):
        entries = members(contact, part)
        values = [entry.get(name) for entry in entries]
        if len(set(values)) < len(values):
            raise Problem(400, f"An entry of {part} is given twice")
        if sum(bool(entry.get("primary")) for entry in entries) > 1:
            raise Problem(400, f"More than one of {part} is primary")


def _with_singulars(row: Node) -> Node:
    """Return a row for filters, which have its parts in the singular: `email.primary==true`."""
    return {**row, **{name.lower(): row.get(part) or [] for name, part in _PARTS.items()}}


def _without(row: Node, parts: set[str]) -> Node:
    return {name: value for name, value in row.items() if name not in parts}
