"""Dates and times in every form that the services use, in and out."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core._errors import DecodeError
from xcaas_core.models import resolve

UTC = dt.UTC
NOON = dt.datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)
WALL = NOON.replace(tzinfo=None)
PACIFIC = dt.timezone(dt.timedelta(hours=-7))
LOCAL = dt.datetime(2024, 5, 1, 5, 0, 0, tzinfo=PACIFIC)

IN = [
    # what comes, and what it becomes
    ("datetime", "2024-05-01T12:00:00Z", NOON),
    ("datetime", "2024-05-01T12:00:00.000Z", NOON),
    ("datetime", "2024-05-01T05:00-07:00", LOCAL),
    ("datetime", "2024-05-01T05:00:00.000-07:00", LOCAL),
    ("datetime", "2024-05-01t12:00:00z", NOON),
    ("datetime", " 2024-05-01T12:00:00Z ", NOON),
    ("datetime", "2024-05-01T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
    ("datetime", "2024-05-01T12:00:00,5Z", NOON.replace(microsecond=500_000)),
    ("datetime", "2016-12-31T23:59:60Z", dt.datetime(2017, 1, 1, tzinfo=UTC)),
    ("datetime", "20161231T235960Z", dt.datetime(2017, 1, 1, tzinfo=UTC)),
    ("datetime", "2024-04-30T24:00:00Z", dt.datetime(2024, 5, 1, tzinfo=UTC)),
    ("datetime", "2024-122T12:00:00+00:00", NOON),
    ("datetime", "2024-05-01T12:00:00", WALL),
    ("datetime:utc-naive", "2024-05-01T12:00:00", NOON),
    ("datetime:utc-naive", "2024-05-01T12:00:00.000Z", NOON),
    ("datetime:utc-naive", "2024-05-01 12:00:00", NOON),
    ("datetime:utc-naive", "2024-05-01", dt.datetime(2024, 5, 1, tzinfo=UTC)),
    ("datetime:utc-naive", "2024-05-01T05:00:00-07:00", LOCAL),
    ("datetime:utc-milliseconds", "2024-05-01T12:00:00.000Z", NOON),
    ("datetime:local", "2024-05-01T12:00:00", WALL),
    ("datetime:basic", "20240501T120000", NOON),
    ("datetime:basic", "20240501T120000Z", NOON),
    ("datetime:space", "2024-05-01 12:00:00", WALL),
    ("datetime:nocolon", "2024-05-01T05:00:00-0700", LOCAL),
    ("datetime:nocolon", "2024-05-01T05:00:00.000-0700", LOCAL),
    ("datetime:us", "05/01/2024 12:00:00", WALL),
    ("datetime:us", "5/1/2024 12:00", WALL),
    ("datetime:us", "2024-05-01T12:00:00", WALL),
    ("datetime:epoch-seconds", 1714564800, NOON),
    ("datetime:epoch-seconds", 1714564800.5, NOON.replace(microsecond=500_000)),
    ("datetime:epoch-seconds", "1714564800", NOON),
    ("datetime:epoch-milliseconds", 1714564800000, NOON),
    ("datetime:epoch-milliseconds", -1, dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    ("datetime:epoch-milliseconds", 1.714564800e12, NOON),
    ("datetime:epoch-milliseconds-text", "1714564800000", NOON),
    ("datetime:epoch-milliseconds-text", 1714564800000, NOON),
    ("datetime:epoch-milliseconds-text", "2024-05-01T12:00:00", NOON),
    ("datetime:epoch-microseconds", 1714564800000000, NOON),
    ("date", "2024-05-01", NOON.date()),
    ("date", "20240501", NOON.date()),
    ("date", "2024-05-01T00:00:00Z", NOON.date()),
]

OUT = [
    # what is given, and what goes out
    ("datetime", NOON, "2024-05-01T12:00:00Z"),
    ("datetime", NOON.replace(microsecond=120_000), "2024-05-01T12:00:00.120Z"),
    ("datetime", NOON.replace(microsecond=5), "2024-05-01T12:00:00.000005Z"),
    ("datetime", LOCAL, "2024-05-01T05:00:00-07:00"),
    ("datetime", WALL, "2024-05-01T12:00:00"),
    ("datetime:utc-naive", LOCAL, "2024-05-01T12:00:00"),
    ("datetime:utc-naive", WALL, "2024-05-01T12:00:00"),
    ("datetime:utc-milliseconds", LOCAL, "2024-05-01T12:00:00.000Z"),
    ("datetime:local", LOCAL, "2024-05-01T05:00:00"),
    ("datetime:basic", LOCAL, "20240501T120000"),
    ("datetime:space", LOCAL.replace(microsecond=9), "2024-05-01 05:00:00"),
    ("datetime:nocolon", LOCAL, "2024-05-01T05:00:00-0700"),
    ("datetime:nocolon", NOON, "2024-05-01T12:00:00+0000"),
    ("datetime:nocolon", WALL, "2024-05-01T12:00:00+0000"),
    ("datetime:us", LOCAL, "05/01/2024 05:00:00"),
    ("datetime:epoch-seconds", LOCAL, 1714564800),
    ("datetime:epoch-seconds", NOON.replace(microsecond=250_000), 1714564800.25),
    ("datetime:epoch-milliseconds", WALL, 1714564800000),
    ("datetime:epoch-milliseconds-text", NOON, "1714564800000"),
    ("datetime:epoch-microseconds", NOON, 1714564800000000),
    ("datetime:epoch-milliseconds", NOON.date(), 1714521600000),
    ("datetime", NOON.date(), "2024-05-01T00:00:00"),
    ("date", NOON.date(), "2024-05-01"),
    ("date", NOON, "2024-05-01"),
    # text goes as it is: a caller may need a form that no spec knows
    ("datetime", "now-1d", "now-1d"),
    ("datetime:epoch-milliseconds", 5, 5),
    ("date", "today", "today"),
]


@pytest.mark.parametrize(("form", "raw", "moment"), IN)
def test_what_comes(form: str, raw: object, moment: dt.datetime) -> None:
    found = resolve(form, "any").decode(raw)
    assert found == moment
    if isinstance(found, dt.datetime):
        assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(("form", "value", "wire"), OUT)
def test_what_goes_out(form: str, value: object, wire: object) -> None:
    assert resolve(form, "any").encode(value) == wire


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        ("datetime", "2024-13-01T00:00:00Z"),
        ("datetime", "2024-02-30T00:00:00Z"),
        ("datetime", "0000-01-01T00:00:00Z"),
        ("datetime", "9999-12-31T23:59:60Z"),
        ("datetime", "9999-12-31T24:00:00Z"),
        ("datetime", "2024"),
        ("datetime", "12"),
        ("datetime", "1714564800000"),
        ("datetime", "x" * 1000),
        ("datetime:us", "13/13/2024 00:00:00"),
        ("datetime:epoch-seconds", 10**15),
        ("datetime:epoch-seconds", -(10**15)),
        ("datetime:epoch-seconds", float("inf")),
        ("datetime:epoch-seconds", "1e400"),
        ("datetime:epoch-seconds-text", "½"),
        ("date", "2024-05-01T12:00:00Z"),
        ("date", None),
    ],
)
def test_what_is_no_moment(form: str, raw: object) -> None:
    with pytest.raises(DecodeError):
        resolve(form, "any").decode(raw)


@pytest.mark.parametrize("form", ["datetime", "date", "datetime:epoch-seconds"])
def test_what_cannot_go_out(form: str) -> None:
    with pytest.raises(TypeError, match="was expected, not list"):
        resolve(form, "any").encode([])


AWARE = ["datetime", "datetime:nocolon", "datetime:epoch-microseconds", "datetime:utc-naive"]


@given(
    st.datetimes(
        min_value=dt.datetime(1000, 1, 2), timezones=st.just(UTC) | st.just(PACIFIC), allow_imaginary=False
    ).filter(lambda moment: moment.year < 9999),
    st.sampled_from(AWARE),
)
def test_points_in_time_survive_a_round_trip(moment: dt.datetime, form: str) -> None:
    codec = resolve(form, "any")
    found = codec.decode(codec.encode(moment))
    assert found == moment


@given(
    st.datetimes(min_value=dt.datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from(["datetime:local", "datetime:space", "datetime:us"]),
)
def test_wall_clocks_survive_a_round_trip(moment: dt.datetime, form: str) -> None:
    codec = resolve(form, "any")
    assert codec.decode(codec.encode(moment)) == moment


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans(), st.sampled_from([form for form, *_ in IN]))
def test_anything_at_all_is_a_moment_or_a_decode_error(raw: object, form: str) -> None:
    try:
        found = resolve(form, "any").decode(raw)
    except DecodeError:
        return
    assert isinstance(found, dt.date)


def test_dateutil_is_loaded_for_rare_forms_only() -> None:
    code = (
        "import sys\n"
        "from xcaas_core.models import resolve\n"
        "read = resolve('datetime', 'any').decode\n"
        "read('2024-05-01T12:00:00Z'); read('2016-12-31T23:59:60Z'); read('05/01/2024 12:00:00')\n"
        "assert 'dateutil' not in sys.modules\n"
        "read('2024-122T12:00:00Z')\n"
        "assert 'dateutil' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
