"""Values that cannot be sent: refused, and said where in the body they stand, as the caller wrote it."""

from __future__ import annotations

import decimal
import enum
from typing import Any

import pytest

from tests.support.sample.models import StorageObject, Tag
from xcaas_core.models import resolve

SAMPLE = "tests.support.sample"
TAG = Tag(key="k")
ODD: Any = object()


def written(expression: str, value: object) -> object:
    return resolve(expression, SAMPLE).encode(value)


@pytest.mark.parametrize(
    ("expression", "value", "told"),
    [
        ("list[str]", ["a", TAG], r"^\[1\]: text was expected, not Tag$"),
        ("list[str]", ["a", ["b"]], r"^\[1\]: text was expected, not list$"),
        ("list[str]", "ab", "^a list was expected, not str; pass a list, also for a single value"),
        ("list[list[int]]", [[1], [2, {"a": 1}]], r"^\[1\]\[1\]: a whole number was expected, not dict$"),
        ("dict[str, list[float]]", {"k": [1.5, float("nan")]}, r"^k\[1\]: JSON has no form for nan$"),
        ('Annotated[int, Format("text")]', {"a": 1}, "^a whole number was expected, not dict$"),
        ('Annotated[int, Format("text")]', ODD, "^a whole number was expected, not object$"),
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
            StorageObject(id="a", tags=[TAG, Tag(key=ODD)]),
            r"^tags\[1\]\.key: object has no form",
        ),
        (
            "_models.StorageObject",
            StorageObject(id="a", stored_bytes=ODD),
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
def test_what_cannot_be_written(expression: str, value: object, told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        written(expression, value)


class Vault(dict[str, object]):
    """A mapping with errors of its own."""

    class Shut(ValueError):
        def __init__(self, code: int) -> None:
            super().__init__(code)
            self.code = code

    def items(self) -> Any:
        raise Vault.Shut(7)


def test_errors_of_the_callers_own_stay_as_they_are() -> None:
    with pytest.raises(Vault.Shut) as caught:
        written("list[dict[str, str]]", [Vault(a=1)])
    assert (caught.value.code, caught.value.args) == (7, (7,))


class Size(enum.IntEnum):
    BIG = 7


def test_what_servers_may_judge_is_let_pass() -> None:
    assert written("str", 5) == 5
    assert written("int", "5") == "5"
    assert written('Annotated[float, Format("text")]', decimal.Decimal("12.50")) == "12.50"
    assert written('Annotated[int, Format("text")]', Size.BIG) == "7"
    assert written("_models.StorageObject | _models.Tag", None) is None
    assert written("_models.StorageObject | str", "a") == "a"


def test_names_on_the_wire_are_answered_with_those_in_python() -> None:
    with pytest.raises(AttributeError, match=r"has no field 'createdTime'; in Python it is 'created_time'$"):
        StorageObject(id="a").is_set("createdTime")
