"""Values that cannot be encoded: the error says where they are."""

from __future__ import annotations

import decimal
import enum
from typing import Any

import pytest

from tests.support.sample.models import StorageObject, Tag
from xcaas_core.models import resolve

SAMPLE = "tests.support.sample"
TAG = Tag(key="k")
UNSUPPORTED: Any = object()


def encode(expression: str, value: object) -> object:
    return resolve(expression, SAMPLE).encode(value)


@pytest.mark.parametrize(
    ("expression", "value", "message"),
    [
        ("list[str]", ["a", TAG], r"^\[1\]: text was expected, not Tag$"),
        ("list[str]", ["a", ["b"]], r"^\[1\]: text was expected, not list$"),
        ("list[str]", "ab", "^a list was expected, not str; pass a list, also for a single value"),
        ("list[list[int]]", [[1], [2, {"a": 1}]], r"^\[1\]\[1\]: a whole number was expected, not dict$"),
        ("dict[str, list[float]]", {"k": [1.5, float("nan")]}, r"^k\[1\]: JSON has no form for nan$"),
        ('Annotated[int, Format("text")]', {"a": 1}, "^a whole number was expected, not dict$"),
        ('Annotated[int, Format("text")]', UNSUPPORTED, "^a whole number was expected, not object$"),
        ('Annotated[float, Format("text")]', [1.5], "^a number was expected, not list$"),
        ("UUID", [1.5], "^a UUID was expected, not list$"),
        (
            "_models.StorageObject",
            {"id": "a", "tags": [{"key": "k"}, {"key": ["k"]}]},
            r"^tags\[1\]\.key: text was expected",
        ),
        ("_models.StorageObject", {"createdTime": 5}, "^createdTime: a datetime was expected, not int$"),
        (
            "_models.StorageObject",
            StorageObject(id="a", tags=[TAG, Tag(key=UNSUPPORTED)]),
            r"^tags\[1\]\.key: object has no form",
        ),
        (
            "_models.StorageObject",
            StorageObject(id="a", stored_bytes=UNSUPPORTED),
            "^stored_bytes: object has no form in JSON$",
        ),
        ("_models.StorageObject | _models.Tag", "report", "^StorageObject, Tag or a mapping was expected, not str$"),
        (
            'Annotated[_models.StorageObject | _models.Tag | UnknownModel, Discriminator("kind", ("a", _models.StorageObject), ("b", _models.Tag))]',
            [TAG],
            "^StorageObject, Tag or a mapping was expected, not l",
        ),
    ],
)
def test_unencodable_values_raise_with_their_location(expression: str, value: object, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        encode(expression, value)


class FailingMapping(dict[str, object]):
    """A mapping that raises an exception of its own."""

    class ItemsError(ValueError):
        def __init__(self, code: int) -> None:
            super().__init__(code)
            self.code = code

    def items(self) -> Any:
        raise FailingMapping.ItemsError(7)


def test_exceptions_of_callers_types_propagate_unchanged() -> None:
    with pytest.raises(FailingMapping.ItemsError) as caught:
        encode("list[dict[str, str]]", [FailingMapping(a=1)])
    assert (caught.value.code, caught.value.args) == (7, (7,))


class Size(enum.IntEnum):
    BIG = 7


def test_plausible_values_are_sent_for_servers_to_judge() -> None:
    assert encode("str", 5) == 5
    assert encode("int", "5") == "5"
    assert encode('Annotated[float, Format("text")]', decimal.Decimal("12.50")) == "12.50"
    assert encode('Annotated[int, Format("text")]', Size.BIG) == "7"
    assert encode("_models.StorageObject | _models.Tag", None) is None
    assert encode("_models.StorageObject | str", "a") == "a"


def test_wire_names_raise_with_the_name_in_python() -> None:
    with pytest.raises(AttributeError, match=r"has no field 'createdTime'; in Python it is 'created_time'$"):
        StorageObject(id="a").is_set("createdTime")
