"""Serialization of parameters: OpenAPI's table of styles, percent-encoding, and invalid values."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sample.models import StorageObject
from xcaas_core import ArgumentError
from xcaas_core.operations._parameter import Parameter, Style, cookie, header, path, query
from xcaas_core.sdk import Operation
from xcaas_core.serialization._parameters import Target, compile_parameter, compile_path, plain

ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


class Color(enum.Enum):
    BLUE = "blue"


class Size(enum.IntEnum):
    BIG = 7


def write_parameter(parameter: Parameter, value: object) -> Target:
    target = Target()
    compile_parameter(parameter, "nowhere")(value, target)
    return target


def with_argument(error: ArgumentError, name: str) -> ArgumentError:
    error.argument = name
    return error


def in_path(value: object, style: Style, explode: bool) -> str:
    return write_parameter(path("color", "JSONValue", style=style, explode=explode), value).path["color"]


def in_query(value: object, style: Style, explode: bool) -> str:
    return "&".join(write_parameter(query("color", "JSONValue", style=style, explode=explode), value).query)


# The table of OpenAPI 3.1.1, "Style Examples", with RFC 6570's percent-encoding.
@pytest.mark.parametrize(
    ("style", "explode", "empty", "text", "array", "object_"),
    [
        ("matrix", False, ";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
        ("matrix", True, ";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ("label", False, ".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        ("label", True, ".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        ("simple", False, "", "blue", "blue,black,brown", "R,100,G,200,B,150"),
        ("simple", True, "", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ],
)
def test_path_parameters_follow_openapi_styles(
    style: Style, explode: bool, empty: str, text: str, array: str, object_: str
) -> None:
    assert in_path("", style, explode) == empty
    assert in_path("blue", style, explode) == text
    assert in_path(ARRAY, style, explode) == array
    assert in_path(OBJECT, style, explode) == object_


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("form", False, "", "color="),
        ("form", True, "blue", "color=blue"),
        ("form", False, ARRAY, "color=blue,black,brown"),
        ("form", True, ARRAY, "color=blue&color=black&color=brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, ARRAY, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, ARRAY, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("pipeDelimited", True, ARRAY, "color=blue&color=black&color=brown"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("deepObject", True, {"a": {"b": [1, 2]}}, "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=2"),
        ("form", True, {"R": [1, 2], "G": 3}, "R=1&R=2&G=3"),
        ("form", True, {"R": {"a": 1}}, "R=%7B%22a%22%3A1%7D"),
        ("form", True, [], ""),
        ("form", False, {}, ""),
        ("form", True, ["a", None, "b"], "color=a&color=b"),
    ],
)
def test_query_parameters_follow_openapi_styles(style: Style, explode: bool, value: object, expected: str) -> None:
    assert in_query(value, style, explode) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (5, "5"),
        (2.5, "2.5"),
        ("a b+c/d?e&f=g#h", "a%20b%2Bc%2Fd%3Fe%26f%3Dg%23h"),
        ("-._~", "-._~"),
        ("ünï", "%C3%BCn%C3%AF"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (Color.BLUE, "blue"),
        (Size.BIG, "7"),
        (("a", "b"), "a,b"),
        ({"x"}, "x"),
        ((part for part in "ab"), "a,b"),
    ],
)
def test_values_are_converted_to_text(value: object, expected: str) -> None:
    assert in_query(value, "form", False) == f"color={expected}"


def test_allow_reserved_keeps_safe_reserved_characters() -> None:
    target = write_parameter(query("q", allow_reserved=True), "a/b:c?d=e,f;(g)&h#i+j k")
    assert target.query == ["q=a/b:c?d=e,f;(g)%26h%23i%2Bj%20k"]


def test_percent_signs_are_always_encoded() -> None:
    assert write_parameter(query("q", allow_reserved=True), "a%2Fb 100%").query == ["q=a%252Fb%20100%25"]


def test_parameters_with_content_are_json() -> None:
    target = write_parameter(query("filter", media_type="application/json"), {"a": [1, "x"]})
    assert target.query == ["filter=%7B%22a%22%3A%5B1%2C%22x%22%5D%7D"]
    assert write_parameter(query("f", media_type="application/json"), "text").query == ["f=%22text%22"]


def test_json_in_headers_is_ascii() -> None:
    target = write_parameter(header("X-Arg", media_type="application/json"), {"path": "/ü \U0001f600"})
    assert target.headers == {"x-arg": '{"path":"/\\u00fc \\ud83d\\ude00"}'}


def test_codecs_apply_before_the_style() -> None:
    when = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert write_parameter(query("since", 'Annotated[_dt.datetime, Format("epoch-seconds")]'), when).query == [
        "since=1704164645"
    ]
    assert write_parameter(query("ids", "list[int]", explode=False), [1, 2]).query == ["ids=1,2"]


@pytest.mark.parametrize("value", ["abc", "a,b", b"ab", {"a": 1}, 5])
@pytest.mark.parametrize("explode", [True, False])
def test_list_parameters_reject_other_types(value: object, explode: bool) -> None:
    with pytest.raises(ArgumentError, match="a list was expected, not"):
        write_parameter(query("metrics", "list[str]", explode=explode), value)


@pytest.mark.parametrize("value", [["a"], {"a": 1}, ("a",), {"a"}, StorageObject(id="o1"), (part for part in "ab")])
@pytest.mark.parametrize("make", [path, query, header, cookie])
def test_scalar_parameters_reject_lists_and_objects(make: Callable[[str], Parameter], value: object) -> None:
    with pytest.raises(ArgumentError, match=f"a single value was expected, not {type(value).__name__}"):
        write_parameter(make("id"), value)


def test_strings_for_lists_raise_with_advice() -> None:
    with pytest.raises(ArgumentError, match="not str; pass a list, also for a single value"):
        write_parameter(header("X-Ids", "list[str]"), "abc")


def test_headers_and_cookies_are_serialized() -> None:
    assert write_parameter(header("X-List", "list[str]"), ["a", "b c"]).headers == {"x-list": "a,b c"}
    assert write_parameter(header("X-Map", "dict[str, str]", explode=True), {"k": "v"}).headers == {"x-map": "k=v"}
    assert write_parameter(cookie("session"), "a;b").cookies == ["session=a%3Bb"]
    assert write_parameter(cookie("ids", "list[int]", explode=False), [1, 2]).cookies == ["ids=1,2"]
    assert write_parameter(cookie("ids", "list[int]"), [1, 2]).cookies == ["ids=1", "ids=2"]


@pytest.mark.parametrize("value", ["a;b", "a b", "é", '"a"', "a,b"])
def test_unescaped_cookies_reject_invalid_characters(value: str) -> None:
    raw = cookie("token", allow_reserved=True)
    assert write_parameter(raw, "a/b+c==").cookies == ["token=a/b+c=="]
    with pytest.raises(ArgumentError, match="a cookie holds"):
        write_parameter(raw, value)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00", "snow ☃"])
def test_headers_reject_other_than_visible_ascii(value: str) -> None:
    with pytest.raises(ArgumentError, match="visible ASCII"):
        write_parameter(header("X-Name"), value)


@pytest.mark.parametrize("value", [object(), b"bytes", "\ud800"])
def test_unsupported_values_raise_argument_error(value: object) -> None:
    with pytest.raises(ArgumentError):
        write_parameter(query("q"), value)


# --- paths -------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_empty_and_dot_segments_are_rejected(value: str) -> None:
    fill = compile_path("/objects/{id}/content", with_argument)
    with pytest.raises(ArgumentError, match=r"^id: .* cannot stand in a path"):
        fill({"id": value})


def test_dots_are_allowed_within_segments() -> None:
    assert compile_path("/files/{name}.{ext}", with_argument)({"name": "..", "ext": ""}) == "/files/..."
    assert compile_path("/plain", with_argument)({}) == "/plain"


@pytest.mark.parametrize("value", ["../a", "a/..", "a/./b", "./a"])
def test_reserved_expansion_rejects_dot_segments(value: str) -> None:
    escaped = write_parameter(path("rest", allow_reserved=True), value).path["rest"]
    with pytest.raises(ArgumentError, match=r"^rest: .* cannot stand in a path"):
        compile_path("/files/{rest}", with_argument)({"rest": escaped})


def test_errors_name_the_parameter_of_the_dot_segment() -> None:
    with pytest.raises(ArgumentError, match=r"^b: '.' cannot stand in a path"):
        compile_path("/files/{a}/{b}", with_argument)({"a": ".text", "b": "."})


def test_dot_segments_from_two_values_are_rejected() -> None:
    with pytest.raises(ArgumentError, match=r"^a: '..' cannot stand in a path"):
        compile_path("/files/{a}{b}", with_argument)({"a": ".", "b": "."})


def test_missing_path_values_raise() -> None:
    with pytest.raises(ArgumentError, match=r"^id: the path needs a value"):
        compile_path("/objects/{id}", with_argument)({})


def test_reserved_expansion_encodes_question_marks_in_paths() -> None:
    target = write_parameter(path("rest", allow_reserved=True), "a/b?c#d")
    assert target.path["rest"] == "a/b%3Fc%23d"


# --- properties ----------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_any_text_round_trips_in_a_query(text: str) -> None:
    (pair,) = write_parameter(query("q"), text).query
    assert parse_qsl(pair, keep_blank_values=True) == [("q", text)]
    assert pair.isascii()


@given(TEXT)
def test_any_text_round_trips_in_a_path(text: str) -> None:
    segment = write_parameter(path("p"), text).path["p"]
    assert unquote(segment) == text
    assert "/" not in segment


@given(st.lists(TEXT.filter(bool), max_size=5))
def test_any_list_round_trips_in_an_exploded_query(values: list[str]) -> None:
    pairs = "&".join(write_parameter(query("q", "list[str]"), values).query)
    assert [value for _, value in parse_qsl(pairs, keep_blank_values=True)] == values


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_any_list_round_trips_separated_by_commas(values: list[str]) -> None:
    (pair,) = write_parameter(query("q", "list[str]", explode=False), values).query
    assert [unquote(part) for part in pair.removeprefix("q=").split(",")] == values


def test_operations_find_parameters_by_location_and_name() -> None:
    from tests.support.shop import GET

    operation: Operation[object] = GET
    assert operation.index("query", "tags") == 1
    assert operation.index("header", "tags") is None


def test_decimals_without_a_codec_keep_their_digits() -> None:
    assert plain({"a": [Decimal("1.50")]}) == {"a": ["1.50"]}
    with pytest.raises(ArgumentError, match="Decimal cannot be sent"):
        plain(Decimal("NaN"))


@pytest.mark.parametrize(
    ("explode", "value", "sent"),
    [
        (False, "", ";color"),
        (True, "", ";color"),
        (False, [""], ";color"),
        (True, ["", "a"], ";color;color=a"),
        (True, {"R": "", "G": 1}, ";R;G=1"),
        (False, {}, ""),
        (True, {}, ""),
    ],
)
def test_matrix_style_serializes_empty_values(explode: bool, value: object, sent: str) -> None:
    target = Target()
    compile_parameter(path("color", "JSONValue", style="matrix", explode=explode), "nowhere")(value, target)
    assert target.path == {"color": sent}
