"""Scalars: numbers as text, bytes, UUIDs, constants."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.zoo import Square
from xcaas_core._errors import DecodeError
from xcaas_core.models import JSONValue, encode_json, resolve

KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("expression", "raw", "value"),
    [
        ("str", "", ""),
        ("int", 5, 5),
        ("int", 5.0, 5),
        ("int", 2**80, 2**80),
        ("float", 5, 5.0),
        ("float", 2**53 + 1, 2**53 + 1),
        ("bool", True, True),
        ("None", None, None),
        ("JSONValue", {"a": [1]}, {"a": [1]}),
        ('Annotated[int, Format("text")]', "5", 5),
        ('Annotated[int, Format("text")]', "-5", -5),
        ('Annotated[int, Format("text")]', "007", 7),
        ('Annotated[int, Format("text")]', "12.0", 12),
        ('Annotated[int, Format("text")]', 12, 12),
        ('Annotated[float, Format("text")]', "12.5", 12.5),
        ('Annotated[float, Format("text")]', "12", 12.0),
        ('Annotated[float, Format("text")]', "1e3", 1000.0),
        ('Annotated[float, Format("text")]', 12.5, 12.5),
        ("bytes", "aGVsbG8=", b"hello"),
        ("bytes", "aGVsbG8", b"hello"),
        ("bytes", "-_8=", b"\xfb\xff"),
        ("bytes", b"hello", b"hello"),
        ("bytes | list[bytes]", [b"hello"], [b"hello"]),
        ("UUID", str(KEY), KEY),
        ("Literal[1]", 1, 1),
        ("Literal[1]", 2, 2),
        ('Literal["a"]', "b", "b"),
        ("Literal[None]", None, None),
    ],
)
def test_scalars_are_decoded(expression: str, raw: object, value: object) -> None:
    decoded = resolve(expression, "any").decode(raw)
    assert decoded == value
    assert type(decoded) is type(value)


@pytest.mark.parametrize(
    ("expression", "raw"),
    [
        ("None", 0),
        ("Literal[1]", "1"),
        ("Literal[True]", 1),
        ("dict[str, str]", ["a"]),
        ("list[str]", "a"),
        ("list[str] | None", [1]),
        ("int", 1.5),
        ("int", True),
        ("float", True),
        ("bytes", "a"),
        ("str | None", 5),
    ],
)
def test_invalid_scalars_are_rejected(expression: str, raw: object) -> None:
    with pytest.raises(DecodeError):
        resolve(expression, "any").decode(raw)


@pytest.mark.parametrize(
    ("expression", "value", "wire"),
    [
        ('Annotated[int, Format("text")]', 5, "5"),
        ('Annotated[int, Format("text")]', "5", "5"),
        ('Annotated[int, Format("text")]', 5.0, "5"),
        ('Annotated[float, Format("text")]', "12,5", "12,5"),
        ('Annotated[float, Format("text")]', 12.5, "12.5"),
        ('Annotated[float, Format("text")]', 12.0, "12"),
        ('Annotated[float, Format("text")]', 12, "12"),
        ('Annotated[float, Format("text")]', decimal.Decimal("12.50"), "12.50"),
        ("float", decimal.Decimal("0.10"), 0.1),
        ("float", decimal.Decimal(2**70), 2**70),
        ("bytes", b"hello", "aGVsbG8="),
        ("bytes", bytearray(b"hello"), "aGVsbG8="),
        ("UUID", KEY, str(KEY)),
        ("UUID", str(KEY), str(KEY)),
        ("str | None", None, None),
        ("list[int]", (1, 2), [1, 2]),
        ("list[int]", iter([1, 2]), [1, 2]),
        ('dict[str, Annotated[int, Format("text")]]', {"a": 1}, {"a": "1"}),
        ("None", None, None),
        ("JSONValue", {"a": dt.date(2024, 5, 1), 1: [Square(side=1.0)]}, {"a": "2024-05-01", "1": [{"side": 1.0}]}),
        ("JSONValue", (KEY, b"hello"), [str(KEY), "aGVsbG8="]),
        ("str", dt.datetime(2024, 5, 1), "2024-05-01T00:00:00"),
        ("Literal[1]", 1, 1),
    ],
)
def test_scalars_are_encoded(expression: str, value: object, wire: JSONValue) -> None:
    assert resolve(expression, "any").encode(value) == wire


class Colour(enum.Enum):
    RED = "red"


class Name(str):
    """A user's subclass of str."""

    __slots__ = ()


class Size(enum.StrEnum):
    BIG = "big"


def test_enum_members_are_encoded_by_value() -> None:
    assert encode_json(resolve("str", "any").encode(Size.BIG)) == b'"big"'
    assert resolve("list[str]", "any").encode([Colour.RED]) == ["red"]
    assert resolve("str", "any").encode(Name("hi")) == "hi"


@pytest.mark.parametrize(
    ("expression", "value", "error"),
    [
        ("list[str]", "abc", TypeError),
        ("list[str]", 5, TypeError),
        ("dict[str, str]", ["a"], TypeError),
        ("JSONValue", object(), TypeError),
        ("float", float("nan"), ValueError),
        ("float", decimal.Decimal("nan"), ValueError),
        ("float", decimal.Decimal("0.12345678901234567890123"), ValueError),
    ],
)
def test_unencodable_values_raise(expression: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        resolve(expression, "any").encode(value)


@given(st.integers())
def test_integers_as_text_round_trip(number: int) -> None:
    codec = resolve('Annotated[int, Format("text")]', "any")
    assert codec.decode(codec.encode(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_as_text_round_trip(number: float) -> None:
    codec = resolve('Annotated[float, Format("text")]', "any")
    assert codec.decode(codec.encode(number)) == number


@given(st.binary())
def test_bytes_round_trip(data: bytes) -> None:
    codec = resolve("bytes", "any")
    assert codec.decode(codec.encode(data)) == data
