"""Campaigns: a state table, states that pass by themselves, and records that are added all or not at all."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node

__all__ = ["Campaigns"]

TENANT: Final = "demotenant"
SECONDS: Final = 1.0
EXAMPLE: Final = "0b7c6f5a-7f1c-4a5e-9d51-4f9f0c1c2b3d"

# Action: the states it is allowed from, and the one it leads to (None: it stays).
TABLE: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "BUILD": (("CREATED", "READY", "BUILD_ERROR"), "BUILDING"),
    "RESET": (("READY", "BUILD_ERROR"), "CREATED"),
    "START": (("READY",), "STARTING"),
    "PAUSE": (("RUNNING",), "PAUSED"),
    "RESUME": (("PAUSED",), "RUNNING"),
    "RETRY": (("RUN_ERROR",), "RUNNING"),
    "CANCEL": (("PENDING", "RUNNING", "PAUSED", "RUN_ERROR"), "COMPLETE"),
    "PURGE": (("PAUSED", "RUN_ERROR", "COMPLETE"), None),
}
# What passes into what by itself.
_PASSING: Final = {"BUILDING": "READY", "STARTING": "RUNNING"}
_WHILE_DISABLED: Final = ("BUILD", "RESET")
_CLOSED_TO_RECORDS: Final = ("BUILDING", "STARTING", "COMPLETE", "DELETED")
_DISPLAY: Final = {
    "CREATED": "NEW",
    "BUILDING": "BUILDING",
    "READY": "READY_TO_RUN",
    "PENDING": "SCHEDULED",
    "STARTING": "RUNNING",
    "RUNNING": "RUNNING",
    "PAUSED": "PAUSED",
    "COMPLETE": "COMPLETED",
    "BUILD_ERROR": "BUILD_FAILED",
    "RUN_ERROR": "ERROR",
    "DELETED": "STOPPED",
}


@dataclass
class _Campaign:
    id: str
    state: str
    dynamic: bool = True
    later: bool = False
    enabled: bool = True
    since: float = 0.0
    records: dict[str, Node] = field(default_factory=dict[str, dict[str, object]])
    times: dict[str, str] = field(default_factory=dict[str, str])


class Campaigns:
    """One campaign for each start state. The spec's example is ready to start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        states = ("READY", "CREATED", "RUNNING", "PAUSED", "RUN_ERROR", "BUILD_ERROR", "COMPLETE", "DELETED")
        made = [_Campaign(_id(state) if index else EXAMPLE, state) for index, state in enumerate(states)]
        made.append(_Campaign(_id("STATIC"), "READY", dynamic=False))
        made.append(_Campaign(_id("SCHEDULED"), "READY", later=True))
        self._campaigns = {campaign.id: campaign for campaign in made}
        self.handlers: dict[str, Handler] = {"modifyCampaign": self.modify, "addRecords": self.add_records}

    def modify(self, call: Call) -> Reply:
        campaign, change = self._campaign(call), call.json()
        action = change["action"]
        if action not in TABLE:
            raise Problem(400, f"Unknown action {action}", code="OneOf", field="action")
        enabled = change.get("enabled", campaign.enabled)
        if not enabled and action not in _WHILE_DISABLED:
            raise Problem(409, "The campaign is disabled", code="CONFLICT")
        allowed, to = TABLE[action]
        if action == "START" and change.get("buildOnStart"):
            allowed = ("READY", "CREATED")
        if campaign.state not in allowed:
            raise Problem(409, f"{action} is not allowed in state {campaign.state}", code="CONFLICT")
        campaign.enabled = enabled
        self._move(campaign, action, to)
        return Reply(self._data(campaign))

    def add_records(self, call: Call) -> Reply:
        campaign, sent = self._campaign(call), call.json()["records"]
        if campaign.state in _CLOSED_TO_RECORDS:
            raise Problem(409, f"No records are taken in state {campaign.state}", code="CONFLICT")
        if not campaign.dynamic:
            raise Problem(400, "The campaign is not dynamic", code="NotDynamic")
        names = [record["crmRecordId"] for record in sent]
        if len(set(names)) < len(names):
            raise Problem(400, "A record is given twice", code="Unique", field="records")
        taken = [name for name in names if name in campaign.records]
        if taken:
            raise Problem(409, f"{taken[0]} is in the campaign already", code="CONFLICT", field="records")
        added = [self._record(campaign, record) for record in sent]
        return Reply({"records": added}, status=201)

    def _move(self, campaign: _Campaign, action: str, to: str | None) -> None:
        if action == "PURGE":
            campaign.records.clear()
            campaign.times["lastPurgedTime"] = self._clock.stamp()
        if action == "START":
            to = "PENDING" if campaign.later else to
            campaign.times["startedTime"] = self._clock.stamp()
        if to == "BUILDING":
            campaign.times["lastBuildTime"] = self._clock.stamp()
        if to == "COMPLETE":
            campaign.times["completedTime"] = self._clock.stamp()
        campaign.state = to or campaign.state
        campaign.since = self._clock.ticks()

    def _campaign(self, call: Call) -> _Campaign:
        found = self._campaigns.get(call.parameter("campaignId"))
        if found is None or call.headers.get("x-8x8-tenant") != TENANT:
            raise Problem(404, "There is no such campaign for this tenant", code="NOT_FOUND")
        if found.state in _PASSING and self._clock.progress(found.since, SECONDS) >= 1:
            found.state = _PASSING[found.state]
        return found

    def _record(self, campaign: _Campaign, sent: Node) -> Node:
        priority = sent.get("priority", "HIGH")
        peers = sum(record["priority"] == priority for record in campaign.records.values())
        record = {
            "id": _id(f"record {next(self._numbers)}"),
            "type": "DYNAMIC",
            "crmRecordId": sent["crmRecordId"],
            "priority": priority,
            "rank": sent.get("rank", float(peers + 1)),
            "nextAttemptAfter": sent.get("scheduleAt", self._clock.stamp()),
            "retryCount": 0,
            "state": "PENDING",
        }
        campaign.records[sent["crmRecordId"]] = record
        return record

    def _data(self, campaign: _Campaign) -> Node:
        counts = [{"type": "DYNAMIC", "state": "PENDING", "count": len(campaign.records)}]
        return {
            "id": campaign.id,
            "tenantId": TENANT,
            "integrationType": "contactual",
            "startTime": self._clock.stamp(3600 if campaign.later else -3600),
            "endTime": self._clock.stamp(36000),
            "state": campaign.state,
            "displayStatus": _DISPLAY[campaign.state] if campaign.enabled else "DISABLED",
            "recordCount": len(campaign.records),
            "recordCounts": counts if campaign.records else [],
            **campaign.times,
        }


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
