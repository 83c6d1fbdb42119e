"""Campaigns: their states, and records, which are added all or not at all."""

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

# By action: the states in which it is allowed, and the next state (None: unchanged).
TRANSITIONS: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "BUILD": (("CREATED", "READY", "BUILD_ERROR"), "BUILDING"),
    "RESET": (("READY", "BUILD_ERROR"), "CREATED"),
    "START": (("READY",), "STARTING"),
    "PAUSE": (("RUNNING",), "PAUSED"),
    "RESUME": (("PAUSED",), "RUNNING"),
    "RETRY": (("RUN_ERROR",), "RUNNING"),
    "CANCEL": (("PENDING", "RUNNING", "PAUSED", "RUN_ERROR"), "COMPLETE"),
    "PURGE": (("PAUSED", "RUN_ERROR", "COMPLETE"), None),
}
# States that change by themselves.
_TRANSIENT: Final = {"BUILDING": "READY", "STARTING": "RUNNING"}
_ALLOWED_WHILE_DISABLED: Final = ("BUILD", "RESET")
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
    """One campaign in each state. The spec's example is ready to start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        states = ("READY", "CREATED", "RUNNING", "PAUSED", "RUN_ERROR", "BUILD_ERROR", "COMPLETE", "DELETED")
        campaigns = [_Campaign(_id(state) if index else EXAMPLE, state) for index, state in enumerate(states)]
        campaigns.append(_Campaign(_id("STATIC"), "READY", dynamic=False))
        campaigns.append(_Campaign(_id("SCHEDULED"), "READY", later=True))
        self._campaigns = {campaign.id: campaign for campaign in campaigns}
        self.handlers: dict[str, Handler] = {"modifyCampaign": self.modify, "addRecords": self.add_records}

    def modify(self, call: Call) -> Reply:
        campaign, change = self._campaign(call), call.json()
        action = change["action"]
        if action not in TRANSITIONS:
            raise Problem(400, f"Unknown action {action}", code="OneOf", field="action")
        enabled = change.get("enabled", campaign.enabled)
        if not enabled and action not in _ALLOWED_WHILE_DISABLED:
            raise Problem(409, "The campaign is disabled", code="CONFLICT")
        allowed, target = TRANSITIONS[action]
        if action == "START" and change.get("buildOnStart"):
            allowed = ("READY", "CREATED")
        if campaign.state not in allowed:
            raise Problem(409, f"{action} is not allowed in state {campaign.state}", code="CONFLICT")
        campaign.enabled = enabled
        self._move(campaign, action, target)
        return Reply(self._data(campaign))

    def add_records(self, call: Call) -> Reply:
        campaign, new_records = self._campaign(call), call.json()["records"]
        if campaign.state in _CLOSED_TO_RECORDS:
            raise Problem(409, f"No records are taken in state {campaign.state}", code="CONFLICT")
        if not campaign.dynamic:
            raise Problem(400, "The campaign is not dynamic", code="NotDynamic")
        names = [record["crmRecordId"] for record in new_records]
        if len(set(names)) < len(names):
            raise Problem(400, "A record is given twice", code="Unique", field="records")
        taken = [name for name in names if name in campaign.records]
        if taken:
            raise Problem(409, f"{taken[0]} is in the campaign already", code="CONFLICT", field="records")
        added = [self._record(campaign, record) for record in new_records]
        return Reply({"records": added}, status=201)

    def _move(self, campaign: _Campaign, action: str, target: str | None) -> None:
        if action == "PURGE":
            campaign.records.clear()
            campaign.times["lastPurgedTime"] = self._clock.stamp()
        if action == "START":
            target = "PENDING" if campaign.later else target
            campaign.times["startedTime"] = self._clock.stamp()
        if target == "BUILDING":
            campaign.times["lastBuildTime"] = self._clock.stamp()
        if target == "COMPLETE":
            campaign.times["completedTime"] = self._clock.stamp()
        campaign.state = target or campaign.state
        campaign.since = self._clock.ticks()

    def _campaign(self, call: Call) -> _Campaign:
        campaign = self._campaigns.get(call.parameter("campaignId"))
        if campaign is None or call.headers.get("x-8x8-tenant") != TENANT:
            raise Problem(404, "There is no such campaign for this tenant", code="NOT_FOUND")
        if campaign.state in _TRANSIENT and self._clock.progress(campaign.since, SECONDS) >= 1:
            campaign.state = _TRANSIENT[campaign.state]
        return campaign

    def _record(self, campaign: _Campaign, new_record: Node) -> Node:
        priority = new_record.get("priority", "HIGH")
        rank = sum(record["priority"] == priority for record in campaign.records.values())
        record = {
            "id": _id(f"record {next(self._numbers)}"),
            "type": "DYNAMIC",
            "crmRecordId": new_record["crmRecordId"],
            "priority": priority,
            "rank": new_record.get("rank", float(rank + 1)),
            "nextAttemptAfter": new_record.get("scheduleAt", self._clock.stamp()),
            "retryCount": 0,
            "state": "PENDING",
        }
        campaign.records[new_record["crmRecordId"]] = record
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
