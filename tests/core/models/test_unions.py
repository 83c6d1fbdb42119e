"""One of several: by discriminator, by fit, in and out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Literal

import pytest

from tests.support.sample.models import Tag
from tests.support.zoo import Box, Branch, Cat, Counters, Dog, Loose, Owner, Square
from xcaas_core._errors import DecodeError
from xcaas_core.models import Discriminator, Format, JSONValue, Model, UnknownModel, field, model, resolve
from xcaas_core.models._layout import ModelCodec
from xcaas_core.models._unions import DiscriminatedCodec, UnionCodec


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
        ("_dt.datetime | _dt.date", "2024-05-01", dt.date(2024, 5, 1)),
        ("_dt.date | _dt.datetime", "2024-05-01T00:00:00Z", dt.datetime(2024, 5, 1, tzinfo=dt.UTC)),
        ("_dt.date | str", "2024-05-01T00:00:00Z", "2024-05-01T00:00:00Z"),
        ("_dt.date | int", "2024-05-01T00:00:00Z", dt.date(2024, 5, 1)),
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
        ("_dt.date | _dt.datetime", dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC), "2024-05-01T12:00:00Z"),
        ("_dt.datetime | _dt.date", dt.date(2024, 5, 1), "2024-05-01"),
        ("int | str", 5.5, 5.5),
        ("list[str] | str", "abc", "abc"),
        ("list[str] | _dt.datetime", "abc", "abc"),
        ("_models.Square | None", None, None),
    ],
)
def test_what_goes_out(expression: str, value: object, wire: object) -> None:
    assert resolve(expression, "tests.support.unions").encode(value) == wire


@model
class Spoken(Model):
    kind: Literal["message"] | str = field("kind")
    text: str = field("text")
    at: Annotated[dt.datetime, Format("epoch-seconds")] | None = field("at", default=None)


@model
class Listed(Model):
    kind: Literal["message"] | str = field("kind")
    parts: list[str] = field("parts")
    at: dt.datetime | None = field("at", default=None)


@model
class Told(Model):
    kind: str = field("kind")


SHARED = DiscriminatedCodec(
    (ModelCodec(Spoken), ModelCodec(Listed)),
    Discriminator("kind", ("message", Spoken), ("message", Listed), base=Told),
    ModelCodec(UnknownModel),
)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"kind": "message", "text": "a"}, Spoken),
        ({"kind": "message", "parts": ["a"], "new": 1}, Listed),
        ({"kind": "message", "parts": "a", "text": "a"}, Spoken),
        ({"text": "a", "kind": None}, UnknownModel),
        ({"parts": []}, UnknownModel),
        ({"kind": "emu", "new": 1}, Told),
        ({"new": 1}, UnknownModel),
        ({}, UnknownModel),
    ],
)
def test_a_tag_that_variants_share_narrows_and_the_shape_decides(raw: dict[str, object], kind: type[Model]) -> None:
    found = SHARED.decode(raw)
    assert type(found) is kind
    assert SHARED.encode(found) == raw
    assert SHARED.encode(raw) == raw


def test_what_is_sent_is_written_as_the_variant_whose_shape_it_has() -> None:
    noon = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    assert SHARED.encode({"kind": "message", "text": "a", "at": noon}) == {
        "kind": "message",
        "text": "a",
        "at": 1714564800,
    }
    assert SHARED.encode({"kind": "message", "parts": ("a",), "at": noon}) == {
        "kind": "message",
        "parts": ["a"],
        "at": "2024-05-01T12:00:00Z",
    }
    with pytest.raises(TypeError, match="at: a datetime was expected"):
        SHARED.encode({"kind": "message", "text": "a", "at": object()})


def test_a_shared_tag_without_a_shape_that_fits_says_what_is_nearest() -> None:
    strict = DiscriminatedCodec(SHARED.members, Discriminator("kind", *SHARED.variants), ModelCodec(UnknownModel))
    with pytest.raises(DecodeError) as error:
        strict.decode({"kind": "message", "parts": [5]})
    assert error.value.pointer == "/parts/0"


@model
class On(Model):
    enabled: Literal[True] = field("enabled")


@model
class Off(Model):
    enabled: Literal[False] = field("enabled")


@model
class One(Model):
    enabled: Literal[1] | int = field("enabled")


@pytest.mark.parametrize(
    "tags",
    [
        (),
        ((True, On), (False, Off), (1, One)),
        (("true", On), ("false", Off), ("1", One)),
        (("True", On), ("False", Off), ("1.0", One)),
    ],
)
def test_tags_are_compared_as_json(tags: tuple[tuple[str | int | bool, type[Model]], ...]) -> None:
    codec = DiscriminatedCodec(
        (ModelCodec(On), ModelCodec(Off), ModelCodec(One)), Discriminator("enabled", *tags), ModelCodec(UnknownModel)
    )
    found = [codec.decode({"enabled": tag}) for tag in (True, False, 1, 1.0, 0, "on", None, [True])]
    assert [type(one) for one in found] == [On, Off, One, One, UnknownModel, UnknownModel, UnknownModel, UnknownModel]
    assert codec.encode({"enabled": 1}) == {"enabled": 1}


@model
class Detail(Model):
    grade: Literal["fine"] | str = field("grade")


@model
class Rough(Model):
    grade: Literal["rough"] = field("grade")


@model
class Finely(Model):
    level: Literal["high", "higher"] | str | None = field("level", default=None)
    detail: Detail | None = field("detail", default=None)
    when: Annotated[dt.datetime, Format("epoch-seconds")] | None = field("when", default=None)


@model
class Roughly(Model):
    level: Literal["low"] | str | None = field("level", default=None)
    detail: Rough | None = field("detail", default=None)
    details: list[Rough] | None = field("details", default=None)
    when: dt.datetime | None = field("when", default=None)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"detail": {"grade": "fine"}}, Finely),
        ({"detail": {"grade": "rough"}}, Roughly),
        ({"detail": {"grade": "rough", "new": 1}, "new": 1}, Roughly),
        ({"detail": {"grade": "other"}}, Finely),
        ({"detail": None, "details": [{"grade": "fine"}]}, Finely),
        ({"details": [{"grade": "rough"}]}, Roughly),
        ({"level": "higher"}, Finely),
        ({"level": "low"}, Roughly),
    ],
)
def test_variants_that_differ_in_a_nested_constant(raw: dict[str, object], kind: type[Model]) -> None:
    codec = UnionCodec((ModelCodec(Finely), ModelCodec(Roughly)))
    assert type(codec.decode(raw)) is kind
    assert codec.encode(raw) == raw
    moment = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    wire = {**raw, "when": 1714564800 if kind is Finely else "2024-05-01T12:00:00Z"}
    assert codec.encode({**raw, "when": moment}) == wire


def test_a_union_that_grew_everywhere_is_read_in_no_more_time_than_its_depth() -> None:
    raw: dict[str, object] = {"op": "or", "new": 1}
    for _ in range(60):
        raw = {"op": "or", "args": [raw], "new": 1}
    assert type(resolve("_models.And | _models.Or", "tests.support.unions").decode(raw)).__name__ == "Or"


@pytest.mark.parametrize(
    "expression",
    [
        "Annotated[_models.Cat | _models.Dog | UnknownModel | None, {}]",
        "Annotated[_models.Cat | _models.Dog | UnknownModel, {}] | None",
        "str | Annotated[_models.Cat | _models.Dog | UnknownModel, {}] | None",
    ],
)
def test_null_wherever_the_type_allows_it(expression: str) -> None:
    union = expression.format('Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))')
    for annotation, raw in ((union, None), (f"list[{union}]", [None]), (f"dict[str, {union}]", {"a": None})):
        codec = resolve(annotation, "tests.support.unions")
        assert codec.decode(raw) == raw
        assert codec.encode(raw) == raw


@pytest.mark.parametrize("raw", [[1, 2], [], {"a": 1}, {"a": [None]}, "x", 5, 1.5, True, None])
def test_values_of_an_enum_with_lists_and_objects_are_json(raw: object) -> None:
    found = Plenty.from_dict({"mixed": raw, "many": [raw]}).validate()
    assert found.mixed == raw
    assert found.to_dict() == {"mixed": raw, "many": [raw]}
    assert type(found.mixed) is type(raw)


@model
class Plenty(Model):
    mixed: JSONValue = field("mixed")
    many: list[JSONValue] = field("many")
