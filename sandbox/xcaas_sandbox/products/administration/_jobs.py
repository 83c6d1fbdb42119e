"""Asynchronous writes: accepted at once, carried out a moment later, with a status to query."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..._replies import Problem, Reply, problem_object

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call
    from ..._specs import Node

__all__ = ["CUSTOMER", "Jobs"]

CUSTOMER: Final = "0012345QAB"
SECONDS: Final = 2.0
_FOLDERS: Final = {"USER": "users", "RING_GROUP": "ring-groups", "SITE": "sites"}


@dataclass
class _Job:
    id: str
    resource_type: str
    operation_type: str
    resource_id: str | None
    effect: Callable[[], str]
    created: str
    began: float
    status: str = "PENDING"
    completed: str | None = None
    error: Node | None = field(default=None)

    def data(self) -> Node:
        path = f"/admin-provisioning/{_FOLDERS[self.resource_type]}/{self.resource_id}"
        return {
            "operationId": self.id,
            "status": self.status,
            "customerId": CUSTOMER,
            "resourceType": self.resource_type,
            "resourceId": self.resource_id,
            "operationType": self.operation_type,
            "createdTime": self.created,
            "completedTime": self.completed,
            "error": self.error,
            "_links": {
                "self": {"href": f"/admin-provisioning/operations/{self.id}"},
                "resource": {"href": path} if self.resource_id else None,
            },
        }


class Jobs:
    """The operations of all resources. Jobs take effect when their time is up, in order of their start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(100_000_001)
        self._jobs: dict[str, _Job] = {}

    def accept(
        self, resource_type: str, operation_type: str, resource_id: str | None, effect: Callable[[], str]
    ) -> Reply:
        """Accept a job, with a 202. `effect` returns the id of the written resource, or raises `Problem`."""
        job = _Job(
            f"op_{next(self._numbers)}",
            resource_type,
            operation_type,
            resource_id,
            effect,
            self._clock.stamp(),
            self._clock.ticks(),
        )
        self._jobs[job.id] = job
        return Reply(job.data(), status=202)

    def settle(self) -> None:
        """Bring every job up to date, before anything is read or written."""
        for job in self._jobs.values():
            if job.completed is None:
                self._advance(job)

    def _advance(self, job: _Job) -> None:
        progress = self._clock.progress(job.began, SECONDS)
        if progress < 1:
            job.status = "PENDING" if progress < 0.3 else "IN_PROGRESS"
            return
        job.completed = self._clock.stamp()
        try:
            job.resource_id = job.effect()
            job.status = "COMPLETED"
        except Problem as problem:
            job.status = "FAILED"
            job.error = problem_object(problem, f"/{_FOLDERS[job.resource_type]}", job.completed)

    def is_pending(self, resource_id: str) -> bool:
        """Return whether a resource is being written."""
        return any(job.resource_id == resource_id and job.completed is None for job in self._jobs.values())

    def get(self, call: Call) -> Reply:
        job = self._jobs.get(call.parameter("operationId"))
        if job is None:
            raise Problem(404, f"There is no operation {call.parameter('operationId')}", code="NOT_FOUND")
        return Reply(job.data())
