"""Values that JSON spells in several ways: written back as received, unless changed."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import json
import pickle
from typing import Annotated

import pytest

from tests.support.zoo import Plain
from xcaas_core.models import AnyOf, Constant, Format, JSONValue, Model, extra, field, model

DAY = dt.timedelta(days=1)


@model
class Spellings(Model):
    """Fields whose values servers spell in more than one way."""

    moment: dt.datetime | None = field("moment", default=None)
    moments: list[dt.datetime] | None = field("moments", default=None)
    utc: Annotated[dt.datetime, Format("date-time-utc-naive")] | None = field("utc", default=None)
    called: Annotated[dt.datetime, Format("epoch-milliseconds")] | None = field("called", default=None)
    count: Annotated[int, Format("text")] | None = field("count", default=None)
    whole: int | None = field("whole", default=None)
    real: float | None = field("real", default=None)
    price: decimal.Decimal | None = field("price", default=None)
    exact: Annotated[int, Constant(2**70)] = field("exact", default=2**70)
    free: JSONValue = field("free", default=None, nullable=True)


SPELLINGS = [
    ("moment", "2024-01-01T10:00:00.1234567Z"),
    ("moment", "2024-01-01T10:00:00.123456789Z"),
    ("moment", "2024-01-01T10:00:00.000Z"),
    ("moment", "2024-01-01T10:00:00"),
    ("moment", "2024-01-01 10:00:00+02:00"),
    ("moments", ["2024-01-01T10:00:00Z", "2024-01-01T10:00:00.000Z"]),
    ("utc", "2024-01-01T10:00:00.000"),
    ("utc", "2024-01-01T10:00:00Z"),
    ("called", "1714564800000"),
    ("called", 0),
    ("count", 1),
    ("count", "01"),
    ("whole", 5.0),
    ("real", 5),
    ("real", 5.0),
    ("price", "12.50"),
    ("price", 12.5),
    ("price", "0.1000000000000000055511151231257827"),
]


@pytest.mark.parametrize(("name", "raw"), SPELLINGS)
def test_unchanged_values_are_written_as_received(name: str, raw: object) -> None:
    data = {"exact": 2**70, name: raw}
    original = Spellings.from_dict(data)
    for variant in (
        original,
        copy.copy(original),
        copy.deepcopy(original),
        pickle.loads(pickle.dumps(original)),
        original.evolve(free=[1]).evolve(free=None),
    ):
        written = variant.to_dict()
        written.pop("free", None)
        assert json.dumps(written, sort_keys=True) == json.dumps(data, sort_keys=True)


@model
class Parent(Model):
    """Other properties: models and times under some names, anything under others."""

    additional_properties: dict[str, Annotated[Plain | dt.datetime, AnyOf] | JSONValue] = extra(factory=dict)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("2024-01-01T10:00:00Z", dt.datetime),
        ("2024-01-01T10:00:00.000Z", str),
        ("later", str),
        ({"text": "a", "new": 1}, Plain),
        ({"text": 5}, dict),
        ([1], list),
        (5, int),
        (None, type(None)),
    ],
)
def test_values_of_a_type_or_any_other_are_read_as_the_type_where_that_is_written_alike(
    raw: object, kind: type
) -> None:
    parent = Parent.from_dict({"x": raw})
    assert type(parent.additional_properties["x"]) is kind
    assert parent.to_dict() == {"x": raw}
    assert Parent(additional_properties={"x": Plain(day=dt.date(2024, 1, 2))}).to_dict() == {"x": {"day": "2024-01-02"}}


def test_changed_values_are_written_in_the_format_of_the_field() -> None:
    spellings = Spellings.from_dict(
        {"exact": 2**70, "moment": "2024-01-01T10:00:00.000Z", "count": 1, "moments": [], "price": "1"}
    )
    assert spellings.moment is not None
    spellings.moment += DAY
    spellings.count = 2
    spellings.price = decimal.Decimal("12.50")
    assert spellings.to_dict() == {
        "exact": 2**70,
        "moment": "2024-01-02T10:00:00Z",
        "count": "2",
        "moments": [],
        "price": "12.50",
    }


def test_a_list_changed_in_place_is_written_anew() -> None:
    spellings = Spellings.from_dict({"exact": 1, "moments": ["2024-01-01T10:00:00.000Z"]})
    assert spellings.moments is not None
    spellings.moments.append(spellings.moments[0] + DAY)
    assert spellings.to_dict()["moments"] == ["2024-01-01T10:00:00Z", "2024-01-02T10:00:00Z"]


def test_written_values_are_copies() -> None:
    spellings = Spellings.from_dict({"moments": ["2024-01-01T10:00:00.000Z"], "exact": 2**70})
    written = spellings.to_dict()["moments"]
    assert isinstance(written, list)
    written.append("x")
    assert spellings.to_dict()["moments"] == ["2024-01-01T10:00:00.000Z"]


def test_zero_as_a_datetime_reads_as_none() -> None:
    spellings = Spellings.from_dict({"exact": 1, "called": 0, "utc": "0"})
    assert (spellings.called, spellings.utc) == (None, None)
    assert spellings.is_set("called")
    assert spellings.to_dict() == {"exact": 1, "called": 0, "utc": "0"}


def test_decimals_keep_all_digits() -> None:
    spellings = Spellings.from_dict({"exact": 1, "price": "0.1000000000000000055511151231257827"})
    assert spellings.price == decimal.Decimal("0.1000000000000000055511151231257827")
    with pytest.raises(Exception, match="a decimal number in text was expected, not other text"):
        Spellings.from_dict({"exact": 1, "price": "much"})


def test_constants_are_optional_arguments() -> None:
    assert Spellings().to_dict() == {"exact": 2**70}


def test_integers_beyond_64_bits_round_trip() -> None:
    text = b'{"whole":18446744073709551617,"more":123456789012345678901234567890,"few":[-9223372036854775809]}'
    plain = Plain.from_json(text)
    assert plain.whole == 18446744073709551617
    assert plain.unknown_fields == {"more": 123456789012345678901234567890, "few": [-9223372036854775809]}
    assert json.loads(plain.to_json()) == json.loads(text)
    assert Plain.from_json(text.decode()).whole == 18446744073709551617
