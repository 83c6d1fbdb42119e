"""Thousands of calls over every product through a seeded proxy that goes wrong on purpose: ten in `make torture`.

Each call is either right, which means the same as without faults, or a typed error. Nothing
that was not safe is sent twice, nothing is lost or doubled in pages, and no file that is wrong
gets its final name.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, cast

import pytest

import xcaas
from tests.support.volume import volume
from xcaas import AsyncDownload, AsyncPager, AsyncXCaaS, ClientCredentials, Download, Pager, XCaaS, XCaaSError
from xcaas_core import TokenPolicy
from xcaas_core.calls.hooks._events import AttemptEvent
from xcaas_core.models import Model

from .fault_service import Service, running
from .support import CREDENTIALS, MANIFEST, SETTINGS, SPECS, Row, arguments, call_of, known_ids

ONE_BY_ONE: Final = volume(1_500, 3_000)
AT_ONCE: Final = volume(2_500, 7_000)
IN_FLIGHT: Final = 16
RATE: Final = 0.15
PATIENT: Final = TokenPolicy(backoff=0.01, attempt_timeout=1.0, total_timeout=5.0)
OPTIONS: Row = {
    "credentials": [ClientCredentials("eght_demo", "demo-secret", policy=PATIENT), *CREDENTIALS[1:]],
    "timeout": xcaas.Timeout(5.0, connect=1.0, read=0.5),
    "retries": xcaas.RetryPolicy(2, first_wait=0.004, longest_wait=0.01),
    "rate_limits": False,
    **SETTINGS,
}
# Long responses, cut to what is enough.
NARROWED: dict[str, dict[str, object]] = {
    "storage.objects.search": {"filter": "type==meeting;createdTime=lt=1767290000000", "limit": 2},
    "cc_realtime.agents.list": {"metrics": ["alerting.rt"], "group_ids": ["201"], "size": 20},
    "cc_realtime.agents.by_queue_group": {"metrics": ["alerting.rt"], "queue_ids": ["101"]},
    "cc_realtime.queues.list": {"metrics": ["abandoned.today"], "size": 5},
    "cc_realtime.queues.agents.list": {"metrics": ["alerting.rt"], "size": 20},
    "cc_realtime.groups.agents.list": {"metrics": ["alerting.rt"], "size": 20},
    "cc_historical.reports.data": {"size": 100},
    "cc_historical.detailed_reports.data": {"size": 200},
    "administration.phone_numbers.list": {"page_size": 5},
    "administration.users.list": {"page_size": 2},
    "chat_gateway.conversations.list": {"size": 2},
    "quality_management.users.list": {"size": 3},
    "audit_records.audits.list": {"size": 10},
}
# What a safe repeat gives when the response to the first request was lost: there is nothing left to forget.
REPEATED: Final = {"storage.bulk_downloads.clear": "[]"}
MARK: ContextVar[str] = ContextVar("MARK", default="")


class Marker:
    """Adds the id of its call to each request, and counts calls; each page of a list is one."""

    def __init__(self) -> None:
        self.calls = 0

    def before(self, event: AttemptEvent) -> None:
        self.calls += event.number == 1
        event.headers["x-call"] = MARK.get()

    def after(self, event: AttemptEvent) -> None:
        return


def is_unsafe(row: Row) -> bool:
    """Return whether a repeat could do harm: POST and PATCH other than reads."""
    node = SPECS[row["product"], row["operation_id"]].node
    return row["method"] in ("POST", "PATCH") and not node.get("x-xcaas-retry", {}).get("safe")


def is_read(row: Row) -> bool:
    return row["method"] == "GET" or (row["method"] == "POST" and not is_unsafe(row))


def as_text(value: object) -> str:
    """Return a result as a string, without tokens and ids that a safe repeat changes."""
    text = json.dumps(value, default=lambda model: cast("Model", model).to_dict(), sort_keys=True)
    text = re.sub(r'"access_token": "[^"]*"', "", text)
    return re.sub(r'op_\d+|"id": 20\d{3}\b|http://127\.0\.0\.1:\d+', "", text)


def content_of(path: Path) -> str:
    content = path.read_bytes()
    path.unlink()
    return content.hex()


class Suite:
    """The expected results from a service without faults, and the outcomes of calls to one with faults."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self.folder = folder
        self._preparing = Marker()
        self.direct = XCaaS(base_url=service.direct, hooks=[self._preparing], **OPTIONS)
        self.marker = Marker()
        self.outcomes: Counter[str] = Counter()
        self._given: dict[str, dict[str, Any]] = {}
        self._expected: dict[str, str] = {}
        self._unsafe: set[str] = set()
        self._changed = True
        self._made = 0

    def prepare(self, row: Row) -> None:
        """Create what a call needs, and its arguments."""
        known = {**known_ids(self.direct, row), **NARROWED.get(row["call"], {})}
        operation = SPECS[row["product"], row["operation_id"]]
        self._given[row["call"]] = arguments(call_of(self.direct, row), operation, known)

    def record_expected(self, row: Row) -> None:
        """Record the result of a call without faults."""
        value = self._take(call_of(self.direct, row)(**self._given[row["call"]]))
        self._expected[row["call"]] = as_text(value)

    def reset(self, row: Row) -> None:
        """Restore the initial data of the service, with what the call needs."""
        if self._changed:
            self.service.send("reset")
        before = self._preparing.calls
        known_ids(self.direct, row)
        self._changed = row["method"] != "GET" or self._preparing.calls > before

    def call(self, client: XCaaS, row: Row) -> None:
        self._mark(row)
        try:
            value = self._take(call_of(client, row)(**self._given[row["call"]]))
        except XCaaSError as error:
            self._check_error(error)
        else:
            self._check_value(row, value)
        # Neither a wrong file under its name nor a part of one is left.
        assert list(self.folder.iterdir()) == []

    async def call_async(self, client: AsyncXCaaS, row: Row) -> None:
        name = self._mark(row)
        try:
            value = await self._take_async(call_of(client, row)(**self._given[row["call"]]), name)
        except XCaaSError as error:
            self._check_error(error)
        else:
            self._check_value(row, value)
        assert not (self.folder / name).exists()

    def check_record(self) -> None:
        """Check that no unsafe request was repeated, other than after a 401, which has no effect."""
        requests = Counter(
            passage["mark"]
            for passage in self.service.send("record")
            if passage["mark"] in self._unsafe and passage["status"] != 401
        )
        assert set(requests.values()) <= {1}
        assert bool(requests) is bool(self._unsafe)
        self._unsafe.clear()

    def check_outcomes(self) -> None:
        """Check that most calls were correct, and that there were several kinds of errors."""
        outcomes, self.outcomes = self.outcomes, Counter()
        assert outcomes["right"] > 0.85 * outcomes.total(), outcomes
        assert len(outcomes) >= volume(2, 3), outcomes

    def _mark(self, row: Row) -> str:
        self._made += 1
        mark = f"{self._made}-{row['operation_id']}"
        if is_unsafe(row):
            self._unsafe.add(mark)
        MARK.set(mark)
        return mark

    def _take(self, result: Any) -> object:
        if isinstance(result, Pager):
            return cast("Pager[object]", result).to_list()
        if isinstance(result, Download):
            return content_of(result.save(self.folder / "file"))
        return cast("object", result)

    async def _take_async(self, result: Any, name: str) -> object:
        if isinstance(result, AsyncPager):
            return await cast("AsyncPager[object]", result).to_list()
        if isinstance(result, AsyncDownload):
            return content_of(await result.save(self.folder / name))
        return await result

    def _check_value(self, row: Row, value: object) -> None:
        assert as_text(value) in (self._expected[row["call"]], REPEATED.get(row["call"])), row["call"]
        self.outcomes["right"] += 1

    def _check_error(self, error: XCaaSError) -> None:
        """Check that an error is typed and has its call."""
        assert error.operation is not None, repr(error)
        self.outcomes[type(error).__name__] += 1


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Suite]:
    with running() as service, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        suite = Suite(service, tmp_path)
        with suite.direct:
            yield suite
        assert list(tmp_path.iterdir()) == []


def test_sequential_calls_are_correct_or_raise_typed_errors(suite: Suite) -> None:
    for row in MANIFEST:
        suite.service.send("reset")
        suite.prepare(row)
        suite.record_expected(row)
    dice = random.Random(8)
    while suite.marker.calls < ONE_BY_ONE:
        suite.service.send(f"faults {RATE} {suite.marker.calls}")
        with XCaaS(base_url=suite.service.faulty, hooks=[suite.marker], **OPTIONS) as client:
            for number, row in enumerate(dice.sample(MANIFEST, len(MANIFEST))):
                suite.reset(row)
                suite.call(client, row)
                if number % 60 == 59:
                    suite.service.send("revoke")
        suite.check_record()
    suite.check_outcomes()


def test_concurrent_reads_are_correct_or_raise_typed_errors(suite: Suite) -> None:
    rows = [row for row in MANIFEST if is_read(row)]
    for row in rows:
        suite.prepare(row)
    for row in rows:
        suite.record_expected(row)
    dice = random.Random(9)
    suite.service.send(f"faults {RATE} 9")

    async def worker(client: AsyncXCaaS) -> None:
        while suite.marker.calls < AT_ONCE:
            await suite.call_async(client, dice.choice(rows))
            if dice.random() < 0.003:
                suite.service.send("revoke")

    async def run() -> None:
        # With many in flight a response waits for the others, so a slow machine must not look like a silent server.
        patient: Row = {**OPTIONS, "timeout": xcaas.Timeout(20.0, connect=5.0, read=2.0)}
        async with AsyncXCaaS(base_url=suite.service.faulty, hooks=[suite.marker], **patient) as client:
            await asyncio.gather(*(worker(client) for _ in range(IN_FLIGHT)))

    asyncio.run(run())
    suite.check_record()
    suite.check_outcomes()
