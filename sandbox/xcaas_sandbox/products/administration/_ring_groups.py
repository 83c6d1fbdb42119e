"""Ring groups, and changes to their members, which are made all or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ..._examples import response_example
from ..._replies import Problem, Reply
from ..._store import Store, members
from ._jobs import CUSTOMER
from ._lists import scroll_page

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call, Handler
    from ..._specs import Node, Product
    from ._jobs import Jobs
    from ._users import Users

__all__ = ["RingGroups"]

_NAMES: Final = ("Front Desk", "Sales", "Support", "Billing", "Night Shift")
_SORTABLE: Final = ("name", "extensionNumber", "ringPattern")


class RingGroups:
    """Groups of extensions. The first one has the id of the spec's example."""

    def __init__(self, product: Product, clock: Clock, jobs: Jobs, users: Users) -> None:
        self._clock = clock
        self._jobs = jobs
        self._users = users
        self.store = Store("ring group", "rG")
        example = response_example(product, "getRingGroup")
        first = [self._member(str(number)) | {"loggedIn": True} for number in (1001, 1002)]
        for index, name in enumerate(_NAMES):
            group_id = example["id"] if index == 0 else self.store.new_id()
            group = {**example, "id": group_id, "name": name, "extensionNumber": str(3101 + index)}
            self.store.put(group_id, {**group, "members": _renumber(first)})
        self.handlers: dict[str, Handler] = {
            "listRingGroups": self.list,
            "createRingGroup": self.create,
            "getRingGroup": lambda call: Reply(self.store.get(call.parameter("ringGroupId"))),
            "updateRingGroup": self.replace,
            "deleteRingGroup": self.delete,
            "updateRingGroupMembers": self.change_members,
        }

    def list(self, call: Call) -> Reply:
        return scroll_page(call, self.store.rows(), self._clock, sortable=_SORTABLE)

    def create(self, call: Call) -> Reply:
        group: Node = call.json()
        self._check_extension(group, None)

        def effect() -> str:
            group_id = self.store.new_id()
            self._put(group_id, group)
            return group_id

        return self._jobs.accept("RING_GROUP", "CREATE", None, effect)

    def replace(self, call: Call) -> Reply:
        group_id, group = call.parameter("ringGroupId"), call.json()
        self.store.get(group_id)
        self._check_extension(group, group_id)

        def effect() -> str:
            self._put(group_id, group)
            return group_id

        return self._jobs.accept("RING_GROUP", "UPDATE", group_id, effect)

    def delete(self, call: Call) -> Reply:
        group_id = call.parameter("ringGroupId")

        def effect() -> str:
            if group_id in self.store:
                self.store.remove(group_id)
            return group_id

        return self._jobs.accept("RING_GROUP", "DELETE", group_id, effect)

    def change_members(self, call: Call) -> Reply:
        group_id, changes = call.parameter("ringGroupId"), call.json()
        self.store.get(group_id)
        _check_changes(changes)
        if self._jobs.is_pending(group_id):
            raise Problem(409, "The ring group is being changed; read it again", code="CONFLICT")

        def effect() -> str:
            group = self.store.get(group_id)
            group["members"] = self._apply(members(group, "members"), changes)
            return group_id

        return self._jobs.accept("RING_GROUP", "UPDATE_MEMBERS", group_id, effect)

    def _apply(self, old: Sequence[Node], changes: Node) -> Sequence[Node]:
        result = [dict(member) for member in old]
        for removal in members(changes, "remove"):
            result.remove(_find(result, removal))
        moves: list[tuple[int, Node]] = []
        for change in members(changes, "update"):
            member = _find(result, change)
            member |= {name: value for name, value in change.items() if name != "sequenceNumber"}
            if "sequenceNumber" in change:
                result.remove(member)
                moves.append((change["sequenceNumber"], member))
        for addition in members(changes, "add"):
            member = self._member(addition.get("extensionNumber"), addition.get("extensionId"))
            result = [other for other in result if other["extensionId"] != member["extensionId"]]
            moves.append((addition.get("sequenceNumber", len(result) + len(moves) + 1), {**addition, **member}))
        for place, member in sorted(moves, key=lambda move: move[0]):
            result.insert(place - 1, member)
        return _renumber(result)

    def _member(self, number: str | None, extension_id: str | None = None) -> Node:
        member = self._users.extension(extension_id, number)
        if member is None:
            message = f"There is no extension {extension_id or number}"
            raise Problem(400, message, code="VALIDATION_ERROR", field="members")
        return member

    def _check_extension(self, group: Node, own_id: str | None) -> None:
        number = group.get("extensionNumber")
        if number and any(row["id"] != own_id and row.get("extensionNumber") == number for row in self.store.rows()):
            raise Problem(409, f"Extension {number} is taken", code="CONFLICT", field="extensionNumber")

    def _put(self, group_id: str, group: Node) -> None:
        stored = self.store.put(group_id, {**group, "id": group_id, "customerId": CUSTOMER})
        stored["members"] = _renumber(members(stored, "members"))
        # The PIN can be set but is never read back.
        if stored.get("voicemailSettings"):
            stored["voicemailSettings"].pop("accessPin", None)


def _find(rows: Sequence[Node], change: Node) -> Node:
    for member in rows:
        if change.get("extensionId") == member["extensionId"] or change.get("extensionNumber") == member.get(
            "extensionNumber"
        ):
            return member
    name = change.get("extensionId") or change.get("extensionNumber")
    raise Problem(400, f"{name} is no member of the ring group", code="VALIDATION_ERROR", field="members")


def _renumber(rows: Sequence[Node]) -> list[Node]:
    return [{**row, "sequenceNumber": place} for place, row in enumerate(rows, start=1)]


def _check_changes(changes: Node) -> None:
    """Refuse invalid lists of changes at once."""
    entries = [change for name in ("add", "update", "remove") for change in members(changes, name)]
    names = [change.get("extensionId") or change.get("extensionNumber") for change in entries]
    if not names:
        raise Problem(400, "There is nothing to change", code="BAD_REQUEST")
    if None in names:
        raise Problem(400, "A member has neither extensionId nor extensionNumber", code="VALIDATION_ERROR")
    if len(set(names)) < len(names):
        raise Problem(400, "A member is named twice", code="CONFLICTING_QUERY_PARAMETER")
