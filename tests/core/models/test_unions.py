"""One of several: by discriminator, by fit, in and out."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.support.sample.models import Tag
from tests.support.zoo import Box, Branch, Cat, Counters, Dog, Loose, Owner, Square
from xcaas_core._errors import DecodeError
from xcaas_core.models import Model, UnknownModel, resolve


def test_the_discriminator_decides() -> None:
    owner = Owner.from_dict({"pet": {"kind": "dog", "tricks": ["sit"]}, "pets": [{"kind": "cat", "lives": 9}]})
    assert owner.pet == Dog(kind="dog", tricks=["sit"])
    assert owner.pets == [Cat(kind="cat", lives=9)]


def test_an_unknown_variant_survives() -> None:
    data = {"pet": {"kind": "emu", "speed": [50]}, "pets": [{"no": "kind"}, {"kind": 5}, {"kind": "cat"}]}
    owner = Owner.from_dict(data).validate()
    assert isinstance(owner.pet, UnknownModel)
    assert owner.pet.unknown_fields == {"kind": "emu", "speed": [50]}
    assert owner.pets is not None
    assert [type(pet) for pet in owner.pets] == [UnknownModel, UnknownModel, Cat]
    assert owner.to_dict() == data


def test_the_discriminator_decides_also_if_the_rest_is_wrong() -> None:
    with pytest.raises(DecodeError) as error:
        Owner.from_dict({"pets": [{"kind": "cat", "lives": "nine"}]}).validate()
    assert error.value.pointer == "/pets/0/lives"
    with pytest.raises(DecodeError) as error:
        Owner.from_dict({"pet": "dog"})
    assert error.value.pointer == "/pet"


@pytest.mark.parametrize(
    ("wire", "raw", "value"),
    [
        ("shape", {"side": 1}, Square(side=1.0)),
        ("shape", {"side": 1, "height": 2}, Box(side=1.0, height=2.0)),
        ("shape", {"side": 1, "height": 2, "colour": "red"}, Box.from_dict({"side": 1, "height": 2, "colour": "red"})),
        ("shape", {"side": 1, "height": "tall"}, Square.from_dict({"side": 1, "height": "tall"})),
        ("size", 5, 5),
        ("size", "5", "5"),
        ("when", "2024-05-01T12:00:00Z", dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)),
        ("when", "tomorrow", "tomorrow"),
        ("many", {"side": 1}, Square(side=1.0)),
        ("many", [{"side": 1}], [Square(side=1.0)]),
        ("maybe", None, None),
        ("maybe", {"side": 1, "height": 2}, Box(side=1.0, height=2.0)),
    ],
)
def test_what_fits_best_wins(wire: str, raw: object, value: object) -> None:
    loose = Loose.from_dict({wire: raw})
    assert getattr(loose, wire) == value
    assert loose.to_dict() == {wire: raw}


@pytest.mark.parametrize(
    ("wire", "raw", "kind"),
    [
        ("down", {"down": {"down": {"side": 1}}}, Branch),
        ("down", {"down": [], "side": 1}, Square),
        ("down", {"down": {"down": 5}, "side": 1}, Square),
        ("down", {"rest": {"a": {"side": 1}}, "side": "x"}, Branch),
        ("down", {"rest": {"a": {"side": "x"}, "side": 1}, "side": 1}, Square),
        ("down", {"kids": [{}, {"down": {"side": 2}}], "tag": None}, Branch),
        ("down", {"kids": {"a": {}, "b": {}}, "tag": "x"}, Branch),
        ("down", {"kids": {"a": 5}, "side": 1}, Square),
        ("down", {"tag": 5.5, "side": 1}, Square),
        ("rest", {"a": {"side": 1}, "b": {"side": 2}}, Counters),
        ("rest", {"side": 1, "height": 2}, Box),
        ("pet", {"pet": {"kind": "cat"}, "lives": 9}, Owner),
        ("pet", {"pet": {"kind": "cat", "lives": "x"}, "lives": 9}, Cat),
        ("pet", {"pet": "x", "lives": 9}, Cat),
    ],
)
def test_only_what_fits_through_and_through_counts(wire: str, raw: object, kind: type[Model]) -> None:
    assert type(getattr(Branch.from_dict({wire: raw}), wire)) is kind


def test_a_union_that_is_nested_too_deeply_is_a_decode_error() -> None:
    depth = 950
    with pytest.raises(DecodeError, match="nested too deeply"):
        Branch.from_json('{"down":' * depth + "{}" + "}" * depth)
    with pytest.raises(DecodeError, match="nested too deeply"):
        resolve("_models.Branch | _models.Square", "tests.support.unions").decode(
            json.loads('{"down":' * depth + "{}" + "}" * depth)
        )


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"shape": {"side": "wide"}}, "/shape/side"),
        ({"shape": []}, "/shape"),
        ({"size": 5.5}, "/size"),
        ({"size": True}, "/size"),
        ({"many": [{"side": 1}, {}]}, "/many/1/side"),
    ],
)
def test_what_fits_nothing_is_judged_by_what_is_nearest(data: dict[str, object], pointer: str) -> None:
    with pytest.raises(DecodeError) as error:
        Loose.from_dict(data).validate()
    assert error.value.pointer == pointer


@pytest.mark.parametrize(
    ("expression", "raw", "value"),
    [
        ("float | int", 5, 5),
        ("float | int", 5.5, 5.5),
        ("str | UUID", "x", "x"),
        ('Annotated[int, Format("text")] | str', "12", 12),
        ('Literal["a"] | Literal["b"] | int', "b", "b"),
        ("dict[str, int] | dict[str, str]", {"a": "b"}, {"a": "b"}),
        ("list[int] | list[str]", ["b"], ["b"]),
        ("dict[str, str] | _models.Tag", {"key": "a"}, Tag(key="a")),
        ("dict[str, int] | _models.Tag", {"other": 1}, {"other": 1}),
        ("JSONValue | int", [5], [5]),
        ("bool | int", True, True),
    ],
)
def test_other_unions(expression: str, raw: object, value: object) -> None:
    found = resolve(expression, "tests.support.sample").decode(raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "value", "wire"),
    [
        ("_models.Square | _models.Box", {"side": 1, "height": 2}, {"side": 1, "height": 2}),
        ("_models.Square | _models.Box", Box(side=1.0, height=2.0), {"side": 1.0, "height": 2.0}),
        (
            'Annotated[_dt.datetime, Format("epoch-seconds")] | str',
            dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC),
            1714564800,
        ),
        ('Annotated[_dt.datetime, Format("epoch-seconds")] | str', "now", "now"),
        ('Annotated[int, Format("text")] | bool', 5, "5"),
        ('Annotated[int, Format("text")] | bool', True, True),
        ("_models.Square | list[_models.Square]", [{"side": 1}], [{"side": 1}]),
        (
            'Annotated[_models.Cat | _models.Dog | UnknownModel, Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))]',
            {"kind": "dog", "tricks": ("sit",)},
            {"kind": "dog", "tricks": ["sit"]},
        ),
        (
            'Annotated[_models.Cat | _models.Dog | UnknownModel, Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))]',
            {"kind": "emu", "x": 1},
            {"kind": "emu", "x": 1},
        ),
        (
            'Annotated[_models.Cat | _models.Dog | UnknownModel, Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))]',
            Dog(kind="dog"),
            {"kind": "dog"},
        ),
        ("int | str", 5.5, 5.5),
        ("list[str] | str", "abc", "abc"),
        ("list[str] | _dt.datetime", "abc", "abc"),
        ("_models.Square | None", None, None),
    ],
)
def test_what_goes_out(expression: str, value: object, wire: object) -> None:
    assert resolve(expression, "tests.support.unions").encode(value) == wire
