"""Calls that are generated for a window: the same ones for any window."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from xcaas_sandbox.products.work_analytics._made_up_calls import MadeUpCalls

HOUR = 3_600_000
NEW_YEAR = 1_767_225_600_000


def calls(start: int, end: int, per_day: int = 5000, pbx: str = "acme") -> MadeUpCalls:
    return MadeUpCalls({"callId": "0", "site": "x"}, pbx, per_day, (NEW_YEAR + start, NEW_YEAR + end), ZoneInfo("UTC"))


def ends(generated: MadeUpCalls) -> list[int]:
    return [row["disconnectedTimeUTC"] - NEW_YEAR for row in generated]


def test_day_has_the_given_number_of_calls() -> None:
    assert len(calls(0, 24 * HOUR - 1)) == 5000
    assert len(calls(0, 24 * HOUR - 1, per_day=9_999_999)) == 9_999_999
    assert len(calls(HOUR, HOUR - 1)) == 0


@given(st.integers(0, 100 * HOUR), st.integers(0, HOUR), st.integers(1, 5_000))
def test_window_includes_both_ends(start: int, length: int, per_day: int) -> None:
    surrounding = ends(calls(start - HOUR, start + length + HOUR, per_day))
    assert ends(calls(start, start + length, per_day)) == [end for end in surrounding if start <= end <= start + length]


def test_calls_have_unique_ids_and_the_requested_time_zone() -> None:
    some, others = calls(0, HOUR), calls(0, HOUR, pbx="other")
    ids = [row["callId"] for row in (*some, *others)]
    assert len(ids) == len(set(ids))
    assert some[0]["startTimeUTC"] < some[0]["disconnectedTimeUTC"]
    assert some[0]["site"] == "x"
    assert some[0]["disconnectedTime"].endswith("+0000")
