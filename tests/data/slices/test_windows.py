"""Windows adjoin, lose nothing, and are never too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_data.slices import SliceError
from xcaas_data.slices._windows import SECOND, cut, length, utc, windows

START = datetime(2026, 3, 28, tzinfo=UTC)
DAY = timedelta(days=1)
SECONDS = st.integers(1, 3 * 86_400)


@given(SECONDS, st.integers(3600, 3 * 86_400), st.none() | st.integers(3600, 86_400))
def test_windows_adjoin_and_cover_the_period(span: int, every: int, longest: int | None) -> None:
    end = START + span * SECOND
    most = None if longest is None else longest * SECOND
    found = list(windows(START, end, every * SECOND, longest=most))
    adjoin(found, START, end)
    assert all(last - first <= min(every * SECOND, most or every * SECOND) for first, last in found)


@given(SECONDS, st.integers(1, 3), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]))
def test_days_of_a_zone_adjoin_as_well(span: int, days: int, zone: str) -> None:
    end = START + span * SECOND
    adjoin(list(windows(START, end, days * DAY, zone=ZoneInfo(zone))), START, end)


def adjoin(found: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> None:
    assert (found[0][0], found[-1][1]) == (start, end)
    assert all(first < last for first, last in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))


@given(SECONDS, st.integers(-1, 50))
def test_parts_adjoin_and_cover_the_whole(span: int, parts: int) -> None:
    end = START + span * SECOND
    found = list(cut(START, end, parts))
    assert len(found) == max(1, min(parts, span))
    adjoin(found, START, end)
    sizes = {last - first for first, last in found}
    assert max(sizes) - min(sizes) <= SECOND


def test_days_of_a_zone_have_their_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = (datetime(2026, 3, day, tzinfo=berlin).astimezone(UTC) for day in (28, 31))
    found = list(windows(start, end, DAY, zone=berlin))
    assert [(last - first) / timedelta(hours=1) for first, last in found] == [24, 23, 24]
    assert all(first.tzinfo is UTC for first, _ in found)
    assert len(list(windows(START, START + 2 * DAY, DAY, zone=berlin))) == 3  # cut at midnight in Berlin


def test_a_window_that_is_too_long_comes_in_equal_parts() -> None:
    found = list(windows(START, START + 60 * DAY, 60 * DAY, longest=31 * DAY))
    assert [last - first for first, last in found] == [30 * DAY, 30 * DAY]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        (" 2 d", 2 * DAY),
        ("1w", 7 * DAY),
        ("30s", 30 * SECOND),
    ],
)
def test_lengths_as_text(text: str, meaning: timedelta) -> None:
    assert length(text) == meaning


@pytest.mark.parametrize("wrong", ["1y", "", "h", "-1h", "1.5h", "0m", timedelta(0), -DAY, timedelta(microseconds=1)])
def test_what_is_no_length_is_told(wrong: str | timedelta) -> None:
    with pytest.raises(SliceError, match=r"not a length of time|whole number of seconds"):
        length(wrong)


def test_a_time_without_a_zone_could_be_any() -> None:
    with pytest.raises(SliceError, match="has no time zone"):
        utc(datetime(2026, 1, 1))
    with pytest.raises(SliceError, match="has a fraction of a second"):
        utc(datetime(2026, 1, 1, microsecond=5, tzinfo=UTC))
    with pytest.raises(SliceError, match="is empty"):
        list(windows(START, START, DAY))
