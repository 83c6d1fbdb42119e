"""The current state of queues and agents."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from xcaas.cc_realtime.models import AgentMetric, QueueMetric

from ...output._rows import plain
from .._arguments import Limit, argument_field, known_metrics
from .._results import Result
from .._session import Session
from .._tool import reads

__all__ = ["agent_state", "queue_state"]

_UNITS = "Durations are in milliseconds, percentages from 0 to 100."
_PERIODS = "rt is this moment, int-15m the last 15 minutes, today since midnight."
_QUEUE_METRICS: list[str] = [
    "interactionsWaitInQueue.rt",
    "interactionsLongestWaitInQueue.rt",
    "interactionsHandling.rt",
    "availableIdle.rt",
    "busy.rt",
    "onBreak.rt",
    "entered.today",
    "accepted.today",
    "totalAbandoned.today",
    "interactionsAvgWaitTime.today",
    "slaPercentage.today",
]
_AGENT_METRICS: list[str] = [
    "status.rt",
    "statusCode.rt",
    "timeOnStatus.rt",
    "activeInteractionsCount.rt",
    "activeQueues.rt",
    "accepted.today",
    "averageHandlingTime.today",
]
_QUEUE_AGENT_METRICS: list[str] = ["status.rt", "statusCode.rt", "timeOnStatus.rt", "accepted.today.inQueue"]

_Zone = Annotated[str | None, argument_field("cc_realtime.queues.list", "timezone")]


@reads("State of queues")
async def queue_state(
    session: Session,
    queue_ids: Annotated[
        list[str] | None, Field(description="Ids of queues: digits, as text. All queues when left out.")
    ] = None,
    metrics: Annotated[
        list[QueueMetric] | None,
        Field(
            description=f"Metrics, as name.period; {_PERIODS} Left out: who waits and since when, who is free or busy, and the"
            f" main counters of today. {known_metrics(QueueMetric)}",
            json_schema_extra={"items": {"type": "string"}},
        ),
    ] = None,
    timezone: _Zone = None,
    limit: Limit = 50,
) -> Result:
    """Tell what happens in contact-centre queues now: interactions that wait and the longest wait, agents free, busy or on
    break, and counters and service level of today. Durations are in milliseconds, percentages from 0 to 100.
    """
    pager = session.client_for("cc_realtime").cc_realtime.queues.list(
        queue_ids=queue_ids, metrics=metrics or _QUEUE_METRICS, timezone=timezone, size=limit
    )
    return await session.rows_of_pager(pager, limit, _metrics_row, {"units": _UNITS})


@reads("State of agents")
async def agent_state(
    session: Session,
    queue_id: Annotated[
        str | None, Field(description="Only agents of this queue (an id of queue_state). Not together with group_ids.")
    ] = None,
    agent_ids: Annotated[list[str] | None, argument_field("cc_realtime.agents.list", "agent_ids")] = None,
    group_ids: Annotated[list[str] | None, argument_field("cc_realtime.agents.list", "group_ids")] = None,
    metrics: Annotated[
        list[AgentMetric] | None,
        Field(
            description=f"Metrics, as name.period; {_PERIODS} Left out: status, time on it, current interactions and queues,"
            " interactions of today. With queue_id some names end in .inQueue, such as accepted.today.inQueue."
            f" {known_metrics(AgentMetric)}",
            json_schema_extra={"items": {"type": "string"}},
        ),
    ] = None,
    timezone: _Zone = None,
    limit: Limit = 50,
) -> Result:
    """Tell what contact-centre agents do now: status and reason code, how long, how many interactions and in which queues,
    and counters of today. Durations are in milliseconds.
    """
    client = session.client_for("cc_realtime").cc_realtime
    if queue_id is not None:
        queue_pager = client.queues.agents.list(
            queue_id, agent_ids=agent_ids, metrics=metrics or _QUEUE_AGENT_METRICS, timezone=timezone, size=limit
        )
        return await session.rows_of_pager(queue_pager, limit, _metrics_row, {"units": _UNITS})
    pager = client.agents.list(
        agent_ids=agent_ids, group_ids=group_ids, metrics=metrics or _AGENT_METRICS, timezone=timezone, size=limit
    )
    return await session.rows_of_pager(pager, limit, _metrics_row, {"units": _UNITS})


def _metrics_row(entry: Any) -> dict[str, Any]:
    """Return a row with its metrics as an object."""
    row: dict[str, Any] = plain(entry)
    return {**row, "metrics": {metric["key"]: metric.get("value") for metric in row.get("metrics") or ()}}
