"""Calls that are made up from the window: the same ones each time, however the window is cut."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from xcaas_sandbox.products.work_analytics._made_up_calls import MadeUpCalls

HOUR = 3_600_000
NEW_YEAR = 1_767_225_600_000


def calls(start: int, end: int, a_day: int = 5000, pbx: str = "acme") -> MadeUpCalls:
    return MadeUpCalls({"callId": "0", "site": "x"}, pbx, a_day, (NEW_YEAR + start, NEW_YEAR + end), ZoneInfo("UTC"))


def ends(found: MadeUpCalls) -> list[int]:
    return [row["disconnectedTimeUTC"] - NEW_YEAR for row in found]


def test_a_day_has_as_many_as_the_name_says() -> None:
    assert len(calls(0, 24 * HOUR - 1)) == 5000
    assert len(calls(0, 24 * HOUR - 1, a_day=9_999_999)) == 9_999_999
    assert len(calls(HOUR, HOUR - 1)) == 0


@given(st.integers(0, 100 * HOUR), st.integers(0, HOUR), st.integers(1, 5_000))
def test_both_ends_of_a_window_count(start: int, length: int, a_day: int) -> None:
    around = ends(calls(start - HOUR, start + length + HOUR, a_day))
    assert ends(calls(start, start + length, a_day)) == [end for end in around if start <= end <= start + length]


def test_calls_have_ids_of_their_own_and_the_zone_of_the_request() -> None:
    some, others = calls(0, HOUR), calls(0, HOUR, pbx="other")
    ids = [row["callId"] for row in (*some, *others)]
    assert len(ids) == len(set(ids))
    assert some[0]["startTimeUTC"] < some[0]["disconnectedTimeUTC"]
    assert some[0]["site"] == "x"
    assert some[0]["disconnectedTime"].endswith("+0000")
