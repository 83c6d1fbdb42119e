"""Dates and datetimes: decoding and encoding in every format that the services use."""

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
NAIVE = NOON.replace(tzinfo=None)
PACIFIC = dt.timezone(dt.timedelta(hours=-7))
LOCAL = dt.datetime(2024, 5, 1, 5, 0, 0, tzinfo=PACIFIC)

DECODED = [
    # annotation, JSON value, decoded value
    ("_dt.datetime", "2024-05-01T12:00:00Z", NOON),
    ("_dt.datetime", "2024-05-01T12:00:00.000Z", NOON),
    ("_dt.datetime", "2024-05-01T05:00-07:00", LOCAL),
    ("_dt.datetime", "2024-05-01T05:00:00.000-07:00", LOCAL),
    ("_dt.datetime", "2024-05-01t12:00:00z", NOON),
    ("_dt.datetime", " 2024-05-01T12:00:00Z ", NOON),
    ("_dt.datetime", "2024-05-01T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
    ("_dt.datetime", "2024-05-01T12:00:00,5Z", NOON.replace(microsecond=500_000)),
    ("_dt.datetime", "2016-12-31T23:59:60Z", dt.datetime(2017, 1, 1, tzinfo=UTC)),
    ("_dt.datetime", "20161231T235960Z", dt.datetime(2017, 1, 1, tzinfo=UTC)),
    ("_dt.datetime", "2024-04-30T24:00:00Z", dt.datetime(2024, 5, 1, tzinfo=UTC)),
    ("_dt.datetime", "2024-122T12:00:00+00:00", NOON),
    ("_dt.datetime", "2024-05-01T12:00:00", NAIVE),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', "2024-05-01T12:00:00", NOON),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', "2024-05-01T12:00:00.000Z", NOON),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', "2024-05-01 12:00:00", NOON),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', "2024-05-01", dt.datetime(2024, 5, 1, tzinfo=UTC)),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', "2024-05-01T05:00:00-07:00", LOCAL),
    ('Annotated[_dt.datetime, Format("date-time-utc-milliseconds")]', "2024-05-01T12:00:00.000Z", NOON),
    ('Annotated[_dt.datetime, Format("date-time-local")]', "2024-05-01T12:00:00", NAIVE),
    ('Annotated[_dt.datetime, Format("date-time-basic")]', "20240501T120000", NOON),
    ('Annotated[_dt.datetime, Format("date-time-basic")]', "20240501T120000Z", NOON),
    ('Annotated[_dt.datetime, Format("date-time-space")]', "2024-05-01 12:00:00", NAIVE),
    ('Annotated[_dt.datetime, Format("date-time-nocolon")]', "2024-05-01T05:00:00-0700", LOCAL),
    ('Annotated[_dt.datetime, Format("date-time-nocolon")]', "2024-05-01T05:00:00.000-0700", LOCAL),
    ('Annotated[_dt.datetime, Format("date-time-us")]', "05/01/2024 12:00:00", NAIVE),
    ('Annotated[_dt.datetime, Format("date-time-us")]', "5/1/2024 12:00", NAIVE),
    ('Annotated[_dt.datetime, Format("date-time-us")]', "2024-05-01T12:00:00", NAIVE),
    ('Annotated[_dt.datetime, Format("epoch-seconds")]', 1714564800, NOON),
    ('Annotated[_dt.datetime, Format("epoch-seconds")]', 1714564800.5, NOON.replace(microsecond=500_000)),
    ('Annotated[_dt.datetime, Format("epoch-seconds")]', "1714564800", NOON),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds")]', 1714564800000, NOON),
    (
        'Annotated[_dt.datetime, Format("epoch-milliseconds")]',
        -1,
        dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds")]', 1.714564800e12, NOON),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds-text")]', "1714564800000", NOON),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds-text")]', 1714564800000, NOON),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds-text")]', "2024-05-01T12:00:00", NOON),
    ('Annotated[_dt.datetime, Format("epoch-microseconds")]', 1714564800000000, NOON),
    ("_dt.date", "2024-05-01", NOON.date()),
    ("_dt.date", "20240501", NOON.date()),
    ("_dt.date", "2024-05-01T00:00:00Z", NOON.date()),
]

ENCODED = [
    # annotation, Python value, encoded value
    ("_dt.datetime", NOON, "2024-05-01T12:00:00Z"),
    ("_dt.datetime", NOON.replace(microsecond=120_000), "2024-05-01T12:00:00.120Z"),
    ("_dt.datetime", NOON.replace(microsecond=5), "2024-05-01T12:00:00.000005Z"),
    ("_dt.datetime", LOCAL, "2024-05-01T05:00:00-07:00"),
    # RFC 3339 requires an offset
    ("_dt.datetime", NAIVE, "2024-05-01T12:00:00Z"),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', LOCAL, "2024-05-01T12:00:00"),
    ('Annotated[_dt.datetime, Format("date-time-utc-naive")]', NAIVE, "2024-05-01T12:00:00"),
    ('Annotated[_dt.datetime, Format("date-time-utc-milliseconds")]', LOCAL, "2024-05-01T12:00:00.000Z"),
    ('Annotated[_dt.datetime, Format("date-time-local")]', NAIVE.replace(hour=5), "2024-05-01T05:00:00"),
    ('Annotated[_dt.datetime, Format("date-time-basic")]', LOCAL, "20240501T120000"),
    ('Annotated[_dt.datetime, Format("date-time-space")]', NAIVE.replace(hour=5, microsecond=9), "2024-05-01 05:00:00"),
    ('Annotated[_dt.datetime, Format("date-time-nocolon")]', LOCAL, "2024-05-01T05:00:00-0700"),
    ('Annotated[_dt.datetime, Format("date-time-nocolon")]', NOON, "2024-05-01T12:00:00+0000"),
    ('Annotated[_dt.datetime, Format("date-time-nocolon")]', NAIVE, "2024-05-01T12:00:00+0000"),
    ('Annotated[_dt.datetime, Format("date-time-us")]', NAIVE.replace(hour=5), "05/01/2024 05:00:00"),
    ('Annotated[_dt.datetime, Format("epoch-seconds")]', LOCAL, 1714564800),
    ('Annotated[_dt.datetime, Format("epoch-seconds")]', NOON.replace(microsecond=250_000), 1714564800.25),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds")]', NAIVE, 1714564800000),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds-text")]', NOON, "1714564800000"),
    ('Annotated[_dt.datetime, Format("epoch-microseconds")]', NOON, 1714564800000000),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds")]', NOON.date(), 1714521600000),
    ("_dt.datetime", NOON.date(), "2024-05-01T00:00:00Z"),
    ("_dt.date", NOON.date(), "2024-05-01"),
    ("_dt.date", NOON, "2024-05-01"),
    # text is sent unchanged: callers may need a form that the spec lacks
    ("_dt.datetime", "now-1d", "now-1d"),
    ('Annotated[_dt.datetime, Format("epoch-milliseconds")]', 5, 5),
    ("_dt.date", "today", "today"),
]


@pytest.mark.parametrize(("form", "raw", "moment"), DECODED)
def test_datetimes_are_decoded(form: str, raw: object, moment: dt.datetime) -> None:
    decoded = resolve(form, "any").decode(raw)
    assert decoded == moment
    if isinstance(decoded, dt.datetime):
        assert decoded.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(("form", "value", "wire"), ENCODED)
def test_datetimes_are_encoded(form: str, value: object, wire: object) -> None:
    assert resolve(form, "any").encode(value) == wire


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        ("_dt.datetime", "2024-13-01T00:00:00Z"),
        ("_dt.datetime", "2024-02-30T00:00:00Z"),
        ("_dt.datetime", "0000-01-01T00:00:00Z"),
        ("_dt.datetime", "9999-12-31T23:59:60Z"),
        ("_dt.datetime", "9999-12-31T24:00:00Z"),
        ("_dt.datetime", "2024"),
        ("_dt.datetime", "12"),
        ("_dt.datetime", "1714564800000"),
        ("_dt.datetime", "x" * 1000),
        ('Annotated[_dt.datetime, Format("date-time-us")]', "13/13/2024 00:00:00"),
        ('Annotated[_dt.datetime, Format("epoch-seconds")]', 10**15),
        ('Annotated[_dt.datetime, Format("epoch-seconds")]', -(10**15)),
        ('Annotated[_dt.datetime, Format("epoch-seconds")]', float("inf")),
        ('Annotated[_dt.datetime, Format("epoch-seconds")]', "1e400"),
        ('Annotated[_dt.datetime, Format("epoch-seconds-text")]', "½"),
        ("_dt.date", "2024-05-01T12:00:00Z"),
        ("_dt.date", None),
    ],
)
def test_invalid_datetimes_are_rejected(form: str, raw: object) -> None:
    with pytest.raises(DecodeError):
        resolve(form, "any").decode(raw)


@pytest.mark.parametrize("form", ["_dt.datetime", "_dt.date", 'Annotated[_dt.datetime, Format("epoch-seconds")]'])
def test_other_types_cannot_be_encoded(form: str) -> None:
    with pytest.raises(TypeError, match="was expected, not list"):
        resolve(form, "any").encode([])


@pytest.mark.parametrize(
    "form",
    [
        'Annotated[_dt.datetime, Format("date-time-local")]',
        'Annotated[_dt.datetime, Format("date-time-space")]',
        'Annotated[_dt.datetime, Format("date-time-us")]',
    ],
)
def test_formats_without_a_zone_reject_aware_datetimes(form: str) -> None:
    with pytest.raises(ValueError, match="the service takes no zone here"):
        resolve(form, "any").encode(NOON)


AWARE_FORMATS = [
    "_dt.datetime",
    'Annotated[_dt.datetime, Format("date-time-nocolon")]',
    'Annotated[_dt.datetime, Format("epoch-microseconds")]',
    'Annotated[_dt.datetime, Format("date-time-utc-naive")]',
]


@given(
    st.datetimes(
        min_value=dt.datetime(1000, 1, 2), timezones=st.just(UTC) | st.just(PACIFIC), allow_imaginary=False
    ).filter(lambda moment: moment.year < 9999),
    st.sampled_from(AWARE_FORMATS),
)
def test_aware_datetimes_round_trip(moment: dt.datetime, form: str) -> None:
    codec = resolve(form, "any")
    decoded = codec.decode(codec.encode(moment))
    assert decoded == moment


@given(
    st.datetimes(min_value=dt.datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from(
        [
            'Annotated[_dt.datetime, Format("date-time-local")]',
            'Annotated[_dt.datetime, Format("date-time-space")]',
            'Annotated[_dt.datetime, Format("date-time-us")]',
        ]
    ),
)
def test_naive_datetimes_round_trip(moment: dt.datetime, form: str) -> None:
    codec = resolve(form, "any")
    assert codec.decode(codec.encode(moment)) == moment


@given(
    st.text() | st.integers() | st.floats() | st.none() | st.booleans(), st.sampled_from([form for form, *_ in DECODED])
)
def test_any_value_is_decoded_or_raises_decode_error(raw: object, form: str) -> None:
    try:
        decoded = resolve(form, "any").decode(raw)
    except DecodeError:
        return
    assert isinstance(decoded, dt.date)


def test_dateutil_is_imported_for_rare_forms_only() -> None:
    code = (
        "import sys\n"
        "from xcaas_core.models import resolve\n"
        "read = resolve('_dt.datetime', 'any').decode\n"
        "read('2024-05-01T12:00:00Z'); read('2016-12-31T23:59:60Z'); read('05/01/2024 12:00:00')\n"
        "assert 'dateutil' not in sys.modules\n"
        "read('2024-122T12:00:00Z')\n"
        "assert 'dateutil' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
