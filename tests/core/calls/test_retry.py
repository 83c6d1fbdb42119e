"""Retry policies, waits and budgets."""

from __future__ import annotations

from decimal import Decimal
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core import (
    CallTimeoutError,
    CertificateError,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    RetryPolicy,
)
from xcaas_core.calls._retry import RetryBudget, backoff, retry_cost, retry_wait, should_retry
from xcaas_core.http._headers import requested_wait

FRACTION = st.floats(0, 1, exclude_max=True)
POLICY = RetryPolicy()


@given(st.integers(1, 10_000), FRACTION, st.floats(0, 100), st.floats(0, 100))
def test_backoff_is_between_zero_and_its_limit(retry: int, random: float, first: float, more: float) -> None:
    policy = RetryPolicy(first_wait=first, longest_wait=first + more)
    wait = backoff(policy, retry, random)
    assert 0 <= wait <= policy.longest_wait
    assert wait <= first * 2.0 ** min(retry - 1, 64)


@given(st.integers(1, 60), FRACTION)
def test_backoff_grows_with_each_retry(retry: int, random: float) -> None:
    assert backoff(POLICY, retry, random) <= backoff(POLICY, retry + 1, random)


@given(st.floats(0, 60), FRACTION)
def test_a_wait_is_never_shorter_than_requested(requested: float, random: float) -> None:
    wait = retry_wait(POLICY, 1, requested, random)
    assert wait is not None
    assert requested <= wait <= requested + 1


@given(st.floats(60, 1e12, exclude_min=True), FRACTION)
def test_a_requested_wait_beyond_the_policy_is_not_waited_for(requested: float, random: float) -> None:
    assert retry_wait(POLICY, 1, requested, random) is None


@pytest.mark.parametrize(
    ("headers", "status", "expected"),
    [
        ({"retry-after": "7"}, 503, 7.0),
        ({"retry-after": " 1.5 "}, 429, 1.5),
        ({"retry-after": "soon"}, 429, None),
        ({"retry-after": "-5"}, 429, None),
        ({"retry-after": ""}, 429, None),
        ({"retry-after": formatdate(1_700_000_030, usegmt=True)}, 503, 30.0),
        ({"retry-after": formatdate(1_600_000_000, usegmt=True)}, 503, 0.0),
        ({"retry-after": "1700000030"}, 503, 30.0),
        ({"retry-after": "Tue Nov 14 22:13:50 2023"}, 503, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 -0000"}, 503, 30.0),
        ({"x-ratelimit-reset": "1700000012"}, 429, 12.0),
        ({"x-ratelimit-reset": "12"}, 429, 12.0),
        ({"x-ratelimit-reset": "12"}, 503, None),
        ({"ratelimit-reset": "3"}, 429, 3.0),
        ({"retry-after": "2", "x-ratelimit-reset": "99"}, 429, 2.0),
        ({}, 429, None),
    ],
)
def test_requested_wait_is_read_from_headers(headers: dict[str, str], status: int, expected: float | None) -> None:
    assert requested_wait(headers, status, now=1_700_000_000.0) == expected


def test_dates_are_compared_with_the_servers_clock() -> None:
    headers = {
        "retry-after": formatdate(1_700_000_030, usegmt=True),
        "date": formatdate(1_700_000_020, usegmt=True),
        "x-ratelimit-reset": "1700000030",
    }
    hour_ahead = 1_700_003_600.0
    assert requested_wait(headers, 503, hour_ahead) == 10.0
    del headers["retry-after"]
    assert requested_wait(headers, 429, hour_ahead) == 10.0


@given(
    st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-reset", "date"]), st.text(max_size=30)),
    st.floats(0, 4e9),
)
def test_invalid_headers_never_give_a_negative_wait(headers: dict[str, str], now: float) -> None:
    requested = requested_wait(headers, 429, now)
    assert requested is None or requested >= 0


def timeout(*, connected: bool) -> CallTimeoutError:
    error = CallTimeoutError("slow")
    error.connected = connected
    return error


def test_only_calls_that_cannot_have_reached_the_server_are_always_retried() -> None:
    assert should_retry(ConnectError("refused"), safe=False)
    assert should_retry(timeout(connected=False), safe=False)
    assert not should_retry(timeout(connected=True), safe=False)
    assert not should_retry(ConnectionLostError("cut"), safe=False)
    assert should_retry(ConnectionLostError("cut"), safe=True)
    assert not should_retry(CertificateError("expired"), safe=True)


@given(st.lists(st.sampled_from([-10, -5, 1]), max_size=400))
def test_a_budget_stays_between_zero_and_its_size(changes: list[int]) -> None:
    budget = RetryBudget(100)
    level = 100
    for change in changes:
        if change > 0:
            budget.give()
            level = min(100, level + 1)
        elif budget.take(-change):
            level += change
        else:
            assert level < -change
        assert budget.level == level
        assert 0 <= level <= 100


def test_a_retry_after_a_timeout_costs_twice_as_much() -> None:
    assert retry_cost(timeout(connected=True)) == 2 * retry_cost(ConnectError("refused"))


@pytest.mark.parametrize(
    "arguments",
    [
        {"retries": -1},
        {"first_wait": -1.0},
        {"first_wait": 9.0},
        {"longest_asked": -1.0},
        {"retries": "1"},
        {"retries": Decimal("NaN")},
    ],
)
def test_invalid_policies_raise_configuration_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        RetryPolicy(**arguments)
