"""Values that Python holds otherwise than they came: written back as they came, until they are changed."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import json
import pickle
from typing import Annotated

import pytest

from tests.support.zoo import Plain
from xcaas_core.models import Constant, Format, JSONValue, Model, field, model

DAY = dt.timedelta(days=1)


@model
class Odd(Model):
    """Fields that servers spell in more than one way."""

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
def test_it_goes_back_as_it_came(name: str, raw: object) -> None:
    data = {"exact": 2**70, name: raw}
    found = Odd.from_dict(data)
    for same in (
        found,
        copy.copy(found),
        copy.deepcopy(found),
        pickle.loads(pickle.dumps(found)),
        found.evolve(free=[1]).evolve(free=None),
    ):
        written = same.to_dict()
        written.pop("free", None)
        assert json.dumps(written, sort_keys=True) == json.dumps(data, sort_keys=True)


def test_what_is_changed_goes_out_in_its_form() -> None:
    found = Odd.from_dict(
        {"exact": 2**70, "moment": "2024-01-01T10:00:00.000Z", "count": 1, "moments": [], "price": "1"}
    )
    assert found.moment is not None
    found.moment += DAY
    found.count = 2
    found.price = decimal.Decimal("12.50")
    assert found.to_dict() == {
        "exact": 2**70,
        "moment": "2024-01-02T10:00:00Z",
        "count": "2",
        "moments": [],
        "price": "12.50",
    }


def test_a_list_that_is_changed_in_place_is_not_what_came() -> None:
    found = Odd.from_dict({"exact": 1, "moments": ["2024-01-01T10:00:00.000Z"]})
    assert found.moments is not None
    found.moments.append(found.moments[0] + DAY)
    assert found.to_dict()["moments"] == ["2024-01-01T10:00:00Z", "2024-01-02T10:00:00Z"]


def test_what_goes_back_shares_nothing() -> None:
    found = Odd.from_dict({"moments": ["2024-01-01T10:00:00.000Z"], "exact": 2**70})
    written = found.to_dict()["moments"]
    assert isinstance(written, list)
    written.append("x")
    assert found.to_dict()["moments"] == ["2024-01-01T10:00:00.000Z"]


def test_zero_is_no_moment() -> None:
    found = Odd.from_dict({"exact": 1, "called": 0, "utc": "0"})
    assert (found.called, found.utc) == (None, None)
    assert found.is_set("called")
    assert found.to_dict() == {"exact": 1, "called": 0, "utc": "0"}


def test_digits_of_decimals_survive() -> None:
    found = Odd.from_dict({"exact": 1, "price": "0.1000000000000000055511151231257827"})
    assert found.price == decimal.Decimal("0.1000000000000000055511151231257827")
    with pytest.raises(Exception, match="a decimal number in text was expected, not other text"):
        Odd.from_dict({"exact": 1, "price": "much"})


def test_constants_need_not_be_given() -> None:
    assert Odd().to_dict() == {"exact": 2**70}


def test_integers_beyond_64_bits_survive() -> None:
    text = b'{"whole":18446744073709551617,"more":123456789012345678901234567890,"few":[-9223372036854775809]}'
    found = Plain.from_json(text)
    assert found.whole == 18446744073709551617
    assert found.unknown_fields == {"more": 123456789012345678901234567890, "few": [-9223372036854775809]}
    assert json.loads(found.to_json()) == json.loads(text)
    assert Plain.from_json(text.decode()).whole == 18446744073709551617
