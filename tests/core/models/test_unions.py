"""Unions: variants chosen by discriminator or by shape, when decoded and encoded."""

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


def test_discriminator_selects_the_variant() -> None:
    owner = Owner.from_dict({"pet": {"kind": "dog", "tricks": ["sit"]}, "pets": [{"kind": "cat", "lives": 9}]})
    assert owner.pet == Dog(kind="dog", tricks=["sit"])
    assert owner.pets == [Cat(kind="cat", lives=9)]


def test_unknown_variants_are_kept() -> None:
    data = {"pet": {"kind": "emu", "speed": [50]}, "pets": [{"no": "kind"}, {"kind": 5}, {"kind": "cat"}]}
    owner = Owner.from_dict(data).validate()
    assert isinstance(owner.pet, UnknownModel)
    assert owner.pet.unknown_fields == {"kind": "emu", "speed": [50]}
    assert owner.pets is not None
    assert [type(pet) for pet in owner.pets] == [UnknownModel, UnknownModel, Cat]
    assert owner.to_dict() == data


def test_discriminator_selects_the_variant_of_invalid_objects() -> None:
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
def test_the_best_fit_is_chosen(wire: str, raw: object, value: object) -> None:
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
def test_nested_values_must_fit_too(wire: str, raw: object, kind: type[Model]) -> None:
    assert type(getattr(Branch.from_dict({wire: raw}), wire)) is kind


def test_excessively_nested_unions_raise_decode_error() -> None:
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
def test_values_that_fit_no_member_raise_as_the_nearest(data: dict[str, object], pointer: str) -> None:
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
def test_unions_of_scalars_and_containers_are_decoded(expression: str, raw: object, value: object) -> None:
    decoded = resolve(expression, "tests.support.sample").decode(raw)
    assert decoded == value
    assert type(decoded) is type(value)


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
def test_unions_are_encoded(expression: str, value: object, wire: object) -> None:
    assert resolve(expression, "tests.support.unions").encode(value) == wire


@model
class TextMessage(Model):
    kind: Literal["message"] | str = field("kind")
    text: str = field("text")
    at: Annotated[dt.datetime, Format("epoch-seconds")] | None = field("at", default=None)


@model
class PartsMessage(Model):
    kind: Literal["message"] | str = field("kind")
    parts: list[str] = field("parts")
    at: dt.datetime | None = field("at", default=None)


@model
class BaseMessage(Model):
    kind: str = field("kind")


SHARED_TAG = DiscriminatedCodec(
    (ModelCodec(TextMessage), ModelCodec(PartsMessage)),
    Discriminator("kind", ("message", TextMessage), ("message", PartsMessage), base=BaseMessage),
    ModelCodec(UnknownModel),
)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"kind": "message", "text": "a"}, TextMessage),
        ({"kind": "message", "parts": ["a"], "new": 1}, PartsMessage),
        ({"kind": "message", "parts": "a", "text": "a"}, TextMessage),
        ({"text": "a", "kind": None}, UnknownModel),
        ({"parts": []}, UnknownModel),
        ({"kind": "emu", "new": 1}, BaseMessage),
        ({"new": 1}, UnknownModel),
        ({}, UnknownModel),
    ],
)
def test_variants_with_the_same_tag_are_chosen_by_shape(raw: dict[str, object], kind: type[Model]) -> None:
    decoded = SHARED_TAG.decode(raw)
    assert type(decoded) is kind
    assert SHARED_TAG.encode(decoded) == raw
    assert SHARED_TAG.encode(raw) == raw


def test_mappings_are_encoded_as_the_variant_of_their_shape() -> None:
    noon = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    assert SHARED_TAG.encode({"kind": "message", "text": "a", "at": noon}) == {
        "kind": "message",
        "text": "a",
        "at": 1714564800,
    }
    assert SHARED_TAG.encode({"kind": "message", "parts": ("a",), "at": noon}) == {
        "kind": "message",
        "parts": ["a"],
        "at": "2024-05-01T12:00:00Z",
    }
    with pytest.raises(TypeError, match="at: a datetime was expected"):
        SHARED_TAG.encode({"kind": "message", "text": "a", "at": object()})


def test_invalid_objects_with_a_shared_tag_raise_as_the_nearest() -> None:
    strict = DiscriminatedCodec(
        SHARED_TAG.members, Discriminator("kind", *SHARED_TAG.variants), ModelCodec(UnknownModel)
    )
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
def test_discriminator_values_are_compared_as_json(tags: tuple[tuple[str | int | bool, type[Model]], ...]) -> None:
    codec = DiscriminatedCodec(
        (ModelCodec(On), ModelCodec(Off), ModelCodec(One)), Discriminator("enabled", *tags), ModelCodec(UnknownModel)
    )
    decoded = [codec.decode({"enabled": tag}) for tag in (True, False, 1, 1.0, 0, "on", None, [True])]
    assert [type(variant) for variant in decoded] == [
        On,
        Off,
        One,
        One,
        UnknownModel,
        UnknownModel,
        UnknownModel,
        UnknownModel,
    ]
    assert codec.encode({"enabled": 1}) == {"enabled": 1}


@model
class FineGrade(Model):
    grade: Literal["fine"] | str = field("grade")


@model
class RoughGrade(Model):
    grade: Literal["rough"] = field("grade")


@model
class FineReport(Model):
    level: Literal["high", "higher"] | str | None = field("level", default=None)
    detail: FineGrade | None = field("detail", default=None)
    when: Annotated[dt.datetime, Format("epoch-seconds")] | None = field("when", default=None)


@model
class RoughReport(Model):
    level: Literal["low"] | str | None = field("level", default=None)
    detail: RoughGrade | None = field("detail", default=None)
    details: list[RoughGrade] | None = field("details", default=None)
    when: dt.datetime | None = field("when", default=None)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"detail": {"grade": "fine"}}, FineReport),
        ({"detail": {"grade": "rough"}}, RoughReport),
        ({"detail": {"grade": "rough", "new": 1}, "new": 1}, RoughReport),
        ({"detail": {"grade": "other"}}, FineReport),
        ({"detail": None, "details": [{"grade": "fine"}]}, FineReport),
        ({"details": [{"grade": "rough"}]}, RoughReport),
        ({"level": "higher"}, FineReport),
        ({"level": "low"}, RoughReport),
    ],
)
def test_variants_may_differ_in_a_nested_constant_only(raw: dict[str, object], kind: type[Model]) -> None:
    codec = UnionCodec((ModelCodec(FineReport), ModelCodec(RoughReport)))
    assert type(codec.decode(raw)) is kind
    assert codec.encode(raw) == raw
    moment = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    wire = {**raw, "when": 1714564800 if kind is FineReport else "2024-05-01T12:00:00Z"}
    assert codec.encode({**raw, "when": moment}) == wire


def test_nested_unions_with_unknown_fields_are_read_in_linear_time() -> None:
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
def test_nullable_unions_accept_null(expression: str) -> None:
    union = expression.format('Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))')
    for annotation, raw in ((union, None), (f"list[{union}]", [None]), (f"dict[str, {union}]", {"a": None})):
        codec = resolve(annotation, "tests.support.unions")
        assert codec.decode(raw) == raw
        assert codec.encode(raw) == raw


@pytest.mark.parametrize("raw", [[1, 2], [], {"a": 1}, {"a": [None]}, "x", 5, 1.5, True, None])
def test_untyped_values_keep_their_json_type(raw: object) -> None:
    values = AnyValues.from_dict({"mixed": raw, "many": [raw]}).validate()
    assert values.mixed == raw
    assert values.to_dict() == {"mixed": raw, "many": [raw]}
    assert type(values.mixed) is type(raw)


@model
class AnyValues(Model):
    mixed: JSONValue = field("mixed")
    many: list[JSONValue] = field("many")
