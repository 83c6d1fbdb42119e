"""Filters written in Python: fields, comparisons, and joining them."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, assert_type
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xcaas
from xcaas import F, Filter

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ANY: Any = F.a  # untyped, as type checkers would report these mistakes, too
UNTYPED: Any = F
UNTYPED_FILTER: Any = Filter
EARLY = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
NAN: Any = float("nan")


class State(Enum):
    DONE = "DONE"


def test_comparisons_have_static_types() -> None:
    assert_type(F.type == "meeting", Filter)
    assert_type(F.type != "meeting", Filter)
    assert_type(F.duration > 100, Filter)
    assert_type(F["a"]["b"].in_(["x"]) & (F.c <= NEW_YEAR), Filter)


EXPECTED_TEXT = {
    "type==callrecording": F.type == "callrecording",
    "type!=meeting": F.type != "meeting",
    "duration=gt=100": F.duration > 100,
    "duration=ge=1.5": F.duration >= 1.5,
    "duration=lt=0.10": F.duration < Decimal("0.10"),
    "duration=le=100": F.duration <= Decimal("1E+2"),
    "createdTime=ge=1767225600000": F.created_time >= NEW_YEAR,
    "basicInfo.status==ACTIVE": F.basic_info.status == "ACTIVE",
    "routingOption.id==101": F["routingOption"].id == 101,
    "tag.customField1==a": F.tag["customField1"] == "a",
    "media-processed==true": F["media-processed"] == True,  # noqa: E712 - the value of a field
    "from==a": F.from_ == "a",
    "objectState==DONE": F.object_state == State.DONE,
    "id==00000000-0000-0000-0000-000000000007": F.id == UUID(int=7),
    "name=='O\\'Brien \"x\"'": F.name == 'O\'Brien "x"',
    "name==''": F.name == "",
    "phoneNumber==+14085550100": F.phone_number == "+14085550100",
    "id=in=(a,'b,c')": F.id.in_(["a", "b,c"]),
    "id=out=(1,2)": F.id.out(range(1, 3)),
    "id=in=(b)": F.id.in_({"b"}),
}


@pytest.mark.parametrize("text", EXPECTED_TEXT)
def test_comparisons_are_rendered_as_fiql(text: str) -> None:
    assert str(EXPECTED_TEXT[text]) == text
    assert repr(EXPECTED_TEXT[text]) == f"<Filter {text}>"


def test_values_may_be_on_the_left() -> None:
    swapped = [100 < F.a, 100 <= F.a, 100 > F.a, 100 >= F.a, F.a == 100]  # noqa: SIM300 - what is tested
    assert [str(condition) for condition in swapped] == ["a=gt=100", "a=ge=100", "a=lt=100", "a=le=100", "a==100"]
    assert str(NEW_YEAR <= F.a) == "a=ge=1767225600000"  # noqa: SIM300 - what is tested


def test_and_has_precedence_over_or() -> None:
    a, b, c = F.a == 1, F.b == 2, F.c == 3
    assert str(a & b | c) == "a==1;b==2,c==3"
    assert str(a | b & c) == "a==1,b==2;c==3"
    assert str((a | b) & c) == "(a==1,b==2);c==3"
    assert str(a & (b | c)) == "a==1;(b==2,c==3)"
    assert (a & b) & c == a & (b & c) == Filter.parse("a==1;b==2;c==3")
    assert hash(a & b) == hash(Filter.parse("(a==1);b==2"))
    assert a != b
    assert (a == "a==1") is False


def test_parsed_filters_can_be_joined() -> None:
    text = "type==meeting,type==voicemail"
    assert str(Filter.parse(text) & (F.a == 1)) == f"({text});a==1"


def test_datetimes_in_different_zones_are_rendered_alike() -> None:
    east = timezone(timedelta(hours=2))
    moments = (NEW_YEAR, datetime(2026, 1, 1, 2, tzinfo=east))
    assert {str(F.a >= moment) for moment in moments} == {"a=ge=1767225600000"}


@pytest.mark.parametrize(
    ("compare", "rounding"), [(operator.ge, 1), (operator.lt, 1), (operator.gt, 0), (operator.le, 0), (operator.eq, 0)]
)
def test_bounds_are_rounded_to_adjacent_milliseconds(compare: Callable[[Any, datetime], Filter], rounding: int) -> None:
    moment = NEW_YEAR + timedelta(microseconds=1)
    assert str(compare(F.a, moment))[-13:] == str(1767225600000 + rounding)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_lower_and_upper_bounds_are_rounded_alike(moment: datetime) -> None:
    before, after = str(F.a < moment), str(F.a >= moment)
    assert before.removeprefix("a=lt=") == after.removeprefix("a=ge=")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_round_trips(text: str) -> None:
    condition = F.name == text
    assert Filter.parse(str(condition)) == condition
    assert Filter.parse(str(condition & (F.a == 1))) == condition & (F.a == 1)


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "and": (lambda: F.a == 1 and F.b == 2, "Join comparisons with & and |"),
    "or": (lambda: F.a == 1 or F.b == 2, "Join comparisons with & and |"),
    "not": (lambda: operator.not_(F.a == 1), "Join comparisons with & and |"),
    "chain": (lambda: 1 < F.a < 2, "Join comparisons with & and |"),
    "if": (lambda: bool(F.a == 1), "Join comparisons with & and |"),
    "membership": (lambda: F.a in ["x"], "Join comparisons with & and |"),
    "inversion": (lambda: ~(F.a == 1), "Use the opposite comparison"),
    "no brackets": (lambda: F.a == 1 & F.b == 2, r"Put each comparison in brackets"),  # type: ignore[operator]
    "fields joined by &": (lambda: ANY & F.b, "Put each comparison in brackets"),
    "fields joined by |": (lambda: ANY | F.b, "Put each comparison in brackets"),
    "a value and a field joined by |": (lambda: ANY == 1 | ANY == 2, "Put each comparison in brackets"),
    "a bare field": (lambda: (F.a == 1) & F.b, "joined with another one, not with Field"),  # type: ignore[operator]
    "text": (lambda: (F.a == 1) & "b==2", "Filter.parse makes a filter of text"),  # type: ignore[operator]
    "truth of a field": (lambda: bool(F.a), "is not compared with anything"),
    "None": (lambda: F.a == None, "Filters have no null"),  # noqa: E711 - what is tested
    "NaN": (lambda: F.a > float("nan"), "cannot compare with nan"),
    "infinity": (lambda: F.a > float("inf"), "cannot compare with inf"),
    "a decimal NaN": (lambda: F.a > Decimal("NaN"), "cannot compare with NaN"),
    "a time without a zone": (lambda: F.a >= datetime(2026, 1, 1), r"tzinfo=UTC"),
    "a date": (lambda: F.a == date(2026, 1, 1), "Give a datetime"),
    "a list": (lambda: F.a == ["x"], r"Use in_\(…\)"),
    "another field": (lambda: F.a == F.b, "not with another field"),
    "a filter": (lambda: F.a == (F.b == 1), "cannot compare with Filter"),
    "bytes": (lambda: F.a == b"x", r"cannot compare with bytes\. Give text"),
    "a length of time": (lambda: F.a >= timedelta(days=1), "Give a point in time"),  # type: ignore[operator]
    "a time before the calendar": (lambda: str(F.a >= EARLY), "The calendar has the years 1 to 9999"),
    "a number as a name": (lambda: UNTYPED[1], "1 cannot be the name of a field"),
    "a number as a name inside": (lambda: ANY[1], "1 cannot be the name of a field"),
    "a filter of text": (lambda: UNTYPED_FILTER("a==b"), "Filter.parse makes a filter of text"),
    "a text that is none": (lambda: UNTYPED_FILTER.parse(None), "read from text, not from NoneType"),
    "an empty list": (lambda: F.a.in_([]), "empty list"),
    "a list that is text": (lambda: F.a.in_("xyz"), r"Give a list"),
    "no list": (lambda: F.a.in_(5), "Give a list"),  # type: ignore[arg-type]
    "NaN in a list": (lambda: F.a.out([1.0, NAN]), "cannot compare with nan"),
    "an empty name": (lambda: F[""], "cannot be the name of a field"),
    "a name with an operator": (lambda: F["a==b"], "cannot be the name of a field"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_raise_with_advice(mistake: str) -> None:
    make, advice = MISTAKES[mistake]
    with pytest.raises(xcaas.ArgumentError, match=advice):
        make()


def test_pandas_nat_is_rejected() -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(xcaas.ArgumentError, match="cannot compare with NaT"):
        _ = F.a >= pandas.NaT
    assert str(F.a >= pandas.Timestamp("2026-01-01", tz="UTC")) == "a=ge=1767225600000"


def test_numpy_numbers_are_accepted() -> None:
    numpy = pytest.importorskip("numpy")
    assert str((F.a == numpy.int64(3)) & (F.b == numpy.float64(2.5))) == "a==3;b==2.5"


def test_too_deeply_nested_filters_are_rejected() -> None:
    condition = F.a == 0
    for number in range(25):
        condition = (condition & (F.a == number)) | (F.b == number)
    assert Filter.parse(str(condition)) == condition
    with pytest.raises(xcaas.ArgumentError, match="nested deeper than 50"):
        _ = condition & (F.c == 1)


def test_filters_are_immutable_and_can_be_copied_and_pickled() -> None:
    condition = (F.a == 1) & (F.created_time >= NEW_YEAR)
    for duplicate in (copy.copy(condition), copy.deepcopy(condition), pickle.loads(pickle.dumps(condition))):
        assert duplicate == condition
    with pytest.raises(AttributeError):
        condition.tree = (F.b == 1).tree  # type: ignore[misc]
    assert repr(F.created_time) == "F['createdTime']"
    assert str(copy.deepcopy(F.created_time) == 1) == "createdTime==1"
    assert repr(F) == "F"
    assert not hasattr(F, "__wrapped__")
    assert not hasattr(F.a, "_ipython_display_")
