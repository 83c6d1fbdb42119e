"""Windows: contiguous, complete, and never longer than allowed."""

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
    max_length = None if longest is None else longest * SECOND
    pieces = list(windows(START, end, every * SECOND, longest=max_length))
    assert_adjoining(pieces, START, end)
    assert all(stop - start <= min(every * SECOND, max_length or every * SECOND) for start, stop in pieces)


@given(SECONDS, st.integers(1, 3), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]))
def test_days_of_a_time_zone_adjoin(span: int, days: int, zone: str) -> None:
    end = START + span * SECOND
    assert_adjoining(list(windows(START, end, days * DAY, zone=ZoneInfo(zone))), START, end)


def assert_adjoining(pieces: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> None:
    assert (pieces[0][0], pieces[-1][1]) == (start, end)
    assert all(first < last for first, last in pieces)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))


@given(SECONDS, st.integers(-1, 50))
def test_cut_parts_adjoin_and_are_of_equal_length(span: int, parts: int) -> None:
    end = START + span * SECOND
    pieces = list(cut(START, end, parts))
    assert len(pieces) == max(1, min(parts, span))
    assert_adjoining(pieces, START, end)
    sizes = {last - first for first, last in pieces}
    assert max(sizes) - min(sizes) <= SECOND


def test_days_follow_daylight_saving_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = (datetime(2026, 3, day, tzinfo=berlin).astimezone(UTC) for day in (28, 31))
    days = list(windows(start, end, DAY, zone=berlin))
    assert [(last - first) / timedelta(hours=1) for first, last in days] == [24, 23, 24]
    assert all(first.tzinfo is UTC for first, _ in days)
    assert len(list(windows(START, START + 2 * DAY, DAY, zone=berlin))) == 3  # cut at midnight in Berlin


def test_windows_longer_than_allowed_are_divided_equally() -> None:
    pieces = list(windows(START, START + 60 * DAY, 60 * DAY, longest=31 * DAY))
    assert [last - first for first, last in pieces] == [30 * DAY, 30 * DAY]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        (" 2 d", 2 * DAY),
        ("1w", 7 * DAY),
        ("30s", 30 * SECOND),
    ],
)
def test_length_parses_text(text: str, expected: timedelta) -> None:
    assert length(text) == expected


@pytest.mark.parametrize("value", ["1y", "", "h", "-1h", "1.5h", "0m", timedelta(0), -DAY, timedelta(microseconds=1)])
def test_invalid_lengths_raise(value: str | timedelta) -> None:
    with pytest.raises(SliceError, match=r"not a length of time|whole number of seconds"):
        length(value)


def test_invalid_times_and_empty_windows_raise() -> None:
    with pytest.raises(SliceError, match="has no time zone"):
        utc(datetime(2026, 1, 1))
    with pytest.raises(SliceError, match="has a fraction of a second"):
        utc(datetime(2026, 1, 1, microsecond=5, tzinfo=UTC))
    with pytest.raises(SliceError, match="is empty"):
        list(windows(START, START, DAY))
