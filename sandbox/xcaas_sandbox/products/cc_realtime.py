"""Real-time metrics: queues, groups and agents, with values that change every five seconds."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .._replies import Problem, Reply
from ._pages import header_page

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["Realtime"]

T = TypeVar("T")
TICK: Final = 5.0  # seconds
_PEOPLE: Final = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia", "Ken", "Frances")
_FALLBACK: Final = ("abandoned.today", "entered.today", "handling.rt", "waiting.rt", "sl.today")


@dataclass(frozen=True)
class _Entity:
    id: str
    name: str
    group: str = ""


QUEUES: Final = tuple(
    _Entity(str(101 + index), name)
    for index, name in enumerate(
        (
            "Sales",
            "Support",
            "Billing",
            "Renewals",
            "Returns",
            "Partners",
            "Claims",
            "Bookings",
            "VIP",
            "Chat",
            "Email",
            "Callback",
        )
    )
)
GROUPS: Final = tuple(
    _Entity(str(201 + index), f"Team {city}") for index, city in enumerate(("Oslo", "Lima", "Kyoto", "Perth", "Quito"))
)
AGENTS: Final = tuple(
    _Entity(f"ag{index:04}", f"{_PEOPLE[index % len(_PEOPLE)]} Agent {index}", GROUPS[index % len(GROUPS)].id)
    for index in range(240)
)
# Durations are in milliseconds.
_DURATION: Final = re.compile("Time|[Ll]ongest|[Aa]vg")
# Agents who were active today. The others are left out of groups by queue.
ACTIVE: Final = AGENTS[::4]


class Realtime:
    """Ten read operations on the same changing values."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._clock = clock
        self._metrics = {operation.id: _known_metrics(operation.parameters) for operation in product.operations}
        self.handlers: dict[str, Handler] = {
            "listQueues": lambda call: self._list(call, _select(call, QUEUES, "queue-ids")),
            "getQueue": lambda call: self._entity(call, _find(QUEUES, call.parameter("id"), "queue")),
            "listQueueAgents": lambda call: self._list(call, _select(call, _queue_agents(call), "agent-ids")),
            "getQueueAgent": lambda call: self._entity(
                call, _find(_queue_agents(call), call.parameter("agentId"), "agent")
            ),
            "listGroups": lambda call: self._list(call, _select(call, GROUPS, "group-ids")),
            "getGroup": lambda call: self._entity(call, _find(GROUPS, call.parameter("id"), "group")),
            "listGroupAgents": lambda call: self._list(call, _select(call, _group_agents(call), "agent-ids")),
            "getGroupAgent": lambda call: self._entity(
                call, _find(_group_agents(call), call.parameter("agentId"), "agent")
            ),
            "listAgents": self._agents,
            "listAgentsByQueueGroup": self._by_queue,
        }

    def _agents(self, call: Call) -> Reply:
        if not call.values("metrics") and not call.flag("summary"):
            raise Problem(400, "metrics is required unless summary=true")
        groups = set(call.values("group-ids"))
        agents = [agent for agent in _select(call, AGENTS, "agent-ids") if not groups or agent.group in groups]
        return self._list(call, agents)

    def _list(self, call: Call, entities: Sequence[_Entity]) -> Reply:
        page, headers = header_page(call, entities)
        rows = [self._row(call, entity) for entity in page]
        if call.flag("includeTotals") and not call.flag("summary"):
            rows.append(self._totals(call, entities))
        return Reply(rows, headers=headers)

    def _entity(self, call: Call, entity: _Entity) -> Reply:
        return Reply([self._row(call, entity)])

    def _row(self, call: Call, entity: _Entity) -> dict[str, Any]:
        row: dict[str, Any] = {"id": entity.id, "name": entity.name}
        if entity.group and call.operation.id == "listAgents":
            row |= {"groupId": entity.group, "groupName": _find(GROUPS, entity.group, "group").name}
        if not call.flag("summary"):
            row["metrics"] = [{"key": name, "value": self._value(entity.id, name)} for name in self._names(call)]
        return row

    def _totals(self, call: Call, entities: Sequence[_Entity]) -> dict[str, Any]:
        names = [name for name in self._names(call) if not isinstance(self._value("0", name), (list, str))]
        sums = {name: sum(self._value(entity.id, name) or 0 for entity in entities) for name in names}
        return {"id": None, "name": "totals", "metrics": [{"key": f"total.{k}", "value": v} for k, v in sums.items()]}

    def _by_queue(self, call: Call) -> Reply:
        queues = _select(call, QUEUES, "queue-ids")
        names = self._names(call)
        agent_metrics = [name for name in names if not name.endswith(".inQueue")]
        queue_metrics = [name for name in names if name.endswith(".inQueue")]

        def rows(agents: Sequence[_Entity], metrics: Sequence[str]) -> list[dict[str, Any]]:
            return [
                {"id": a.id, "name": a.name, "metrics": {name: self._value(a.id, name) for name in metrics}}
                for a in agents
            ]

        active = {queue.id: [agent for agent in _agents_of(queue) if agent in ACTIVE] for queue in queues}
        agents = [agent for agent in ACTIVE if any(agent in members for members in active.values())]
        blocks = [
            {
                "queueId": queue.id,
                "assignedAgents": [agent.id for agent in _agents_of(queue)],
                "agentMetrics": rows(active[queue.id], queue_metrics),
            }
            for queue in queues
        ]
        return Reply({"agents": rows(agents, agent_metrics), "queues": blocks})

    def _names(self, call: Call) -> list[str]:
        known = self._metrics[call.operation.id]
        requested = call.values("metrics")
        unknown = [name for name in requested if known and name not in known]
        if unknown:
            raise Problem(400, f"Invalid metrics: {', '.join(unknown)}")
        return requested or list(known or _FALLBACK)

    def _value(self, entity: str, metric: str) -> Any:
        tick = int(self._clock.now() / TICK)
        base, phase = _base_and_phase(entity, metric)
        if metric.startswith(("activeChannels", "activeDirections", "activeQueues")):
            return (
                [{"id": QUEUES[base % 12].id, "name": QUEUES[base % 12].name, "count": 1}] if (tick + base) % 3 else []
            )
        if metric.startswith("lastLog"):
            return datetime.fromtimestamp(tick * TICK - base * 600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        level = base * (1 + 0.5 * math.sin(tick / 7 + phase))
        if _DURATION.search(metric):
            return int(level * 1000)
        return min(100.0, round(60 + level, 2)) if "ercent" in metric or metric.startswith("sl") else int(level)


@cache
def _base_and_phase(entity: str, metric: str) -> tuple[int, float]:
    """Return mean and phase of a metric's sine wave. Cached, because seeding is slow."""
    generator = random.Random(f"{entity}/{metric}")
    return generator.randrange(4, 40), generator.random() * math.tau


def _known_metrics(parameters: Sequence[Node]) -> tuple[str, ...]:
    for parameter in parameters:
        if parameter["name"] == "metrics":
            items = parameter.get("schema", {}).get("items", {})
            members = [items, *items.get("anyOf", []), *items.get("oneOf", [])]
            return tuple(value for member in members for value in member.get("enum", ()))
    return ()


def _select(call: Call, entities: Sequence[_Entity], wire: str) -> Sequence[_Entity]:
    ids = set(call.values(wire))
    if not ids or call.flag("summary"):
        return entities
    unknown = ids - {entity.id for entity in entities}
    if unknown:
        raise Problem(400, f"Invalid {wire}: {', '.join(sorted(unknown))}")
    return [entity for entity in entities if entity.id in ids]


def _find(entities: Sequence[_Entity], id: str, kind: str) -> _Entity:
    for entity in entities:
        if entity.id == id:
            return entity
    raise Problem(404, f"no {kind} {id}")


def _agents_of(queue: _Entity) -> list[_Entity]:
    return [
        agent for index, agent in enumerate(AGENTS) if index % len(QUEUES) == int(queue.id) - 101 or index % 17 == 0
    ]


def _queue_agents(call: Call) -> list[_Entity]:
    return _agents_of(_find(QUEUES, call.parameter("queueId"), "queue"))


def _group_agents(call: Call) -> list[_Entity]:
    group = _find(GROUPS, call.parameter("groupId"), "group")
    return [agent for agent in AGENTS if agent.group == group.id]
