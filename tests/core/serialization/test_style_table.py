"""OpenAPI's table of styles, compared with a second implementation: RFC 6570's algorithm and its table of operators.

What the table does not define is as in docs/calls.md: a list in an exploded object repeats its name, other lists and
objects inside are JSON, and `deepObject` has the index of each element in brackets.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, quote, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core import ArgumentError
from xcaas_core.operations._parameter import Encoding, Parameter, Style, cookie, header, path, query
from xcaas_core.sdk import form_body, multipart_body
from xcaas_core.serialization._bodies import BodyWriter
from xcaas_core.serialization._parameters import Target, compile_parameter

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=4)
VALUES = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, min_size=1, max_size=3), st.dictionaries(TEXT, inner, min_size=1, max_size=3)),
    max_leaves=6,
)  # fmt: skip


class Operator(NamedTuple):
    """One row of RFC 6570's table (appendix A)."""

    first: str
    separator: str
    is_named: bool


OPERATORS = {
    "simple": Operator("", ",", is_named=False),
    "label": Operator(".", ".", is_named=False),
    "matrix": Operator(";", ";", is_named=True),
    "form": Operator("", "&", is_named=True),
}
LIST_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"


def text_of(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def escaped(value: Json) -> str:
    return quote(text_of(value), safe="")


def expand(style: str, explode: bool, name: str, value: Json) -> str:
    """Expand a value as in RFC 6570, section 3.2.1, with OpenAPI's additions."""
    if style == "deepObject":
        return "&".join(expand_deep(name, value))
    first, separator, is_named = OPERATORS["form" if style in LIST_DELIMITERS else style]
    if not isinstance(value, list | dict):
        return first + (f"{escaped(name)}={escaped(value)}" if is_named else escaped(value))
    if explode:
        entries: list[tuple[str | None, Json]] = []
        if isinstance(value, list):
            entries.extend((name if is_named else None, member) for member in value)
        else:
            for key, member in value.items():
                entries.extend((key, item) for item in (member if isinstance(member, list) else [member]))
        assignments = [escaped(item) if key is None else f"{escaped(key)}={escaped(item)}" for key, item in entries]
        return first + separator.join(assignments)
    flat: list[Json] = value if isinstance(value, list) else [item for pair in value.items() for item in pair]
    # OpenAPI's label style has commas unless exploded.
    joined = LIST_DELIMITERS.get(style, ",").join(escaped(item) for item in flat)
    return first + (f"{escaped(name)}={joined}" if is_named else joined)


def expand_deep(name: str, value: Json) -> list[str]:
    if isinstance(value, dict):
        return [pair for key, member in value.items() for pair in expand_deep(f"{name}[{key}]", member)]
    if isinstance(value, list):
        return [pair for index, member in enumerate(value) for pair in expand_deep(f"{name}[{index}]", member)]
    return [f"{escaped(name)}={escaped(value)}"]


def write_parameter(parameter: Parameter, value: Any) -> Target:
    target = Target()
    compile_parameter(parameter, "nowhere")(value, target)
    return target


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited", "deepObject"])
@given(name=TEXT, value=VALUES)
def test_queries_match_rfc6570(style: Style, explode: bool, name: str, value: Any) -> None:
    sent = write_parameter(query(name, "JSONValue", style=style, explode=explode), value).query
    assert "&".join(sent) == expand(style, explode, name, value)


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
@given(value=VALUES)
def test_paths_match_rfc6570(style: Style, explode: bool, value: Any) -> None:
    sent = write_parameter(path("color", "JSONValue", style=style, explode=explode), value).path["color"]
    expected = expand(style, explode, "color", value)
    if style == "label" and not explode:
        expected = "." + expand("simple", explode, "color", value)
    assert sent == expected


@pytest.mark.parametrize("explode", [True, False])
@given(value=VALUES)
def test_cookies_match_rfc6570(explode: bool, value: Any) -> None:
    sent = write_parameter(cookie("color", "JSONValue", explode=explode), value).cookies
    assert "&".join(sent) == expand("form", explode, "color", value)


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited", "deepObject"])
@given(value=VALUES)
def test_forms_match_rfc6570(style: Style, explode: bool, value: Any) -> None:
    body = form_body(encoding={"color": Encoding(style=style, explode=explode)})
    content = BodyWriter(body, "nowhere").write({"color": value}).content
    assert isinstance(content, bytes)
    expected = expand(style, explode, "color", value)
    assert parse_qsl(content.decode(), keep_blank_values=True) == parse_qsl(expected, keep_blank_values=True)


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited", "deepObject"])
@given(value=VALUES)
def test_multipart_forms_match_rfc6570(style: Style, explode: bool, value: Any) -> None:
    body = multipart_body(encoding={"color": Encoding(style=style, explode=explode)})
    parts = BodyWriter(body, "nowhere").write({"color": value}).parts
    assert parts is not None
    sent = [(name, content.decode()) for name, (_, content, _, _) in parts() if isinstance(content, bytes)]
    pairs = [pair.partition("=") for pair in expand(style, explode, "color", value).split("&")]
    assert sent == [(unquote_plus(name.replace("+", "%2B")), unquote_plus(text)) for name, _, text in pairs]


# --- nothing to send -------------------------------------------------------------


@pytest.mark.parametrize("make", [query, header, cookie])
@pytest.mark.parametrize("value", [[], [None], {}])
@pytest.mark.parametrize("explode", [True, False])
def test_empty_optional_lists_and_objects_are_omitted(make: Any, value: Any, explode: bool) -> None:
    target = write_parameter(make("color", "JSONValue", explode=explode), value)
    assert (target.query, target.headers, target.cookies) == ([], {}, [])


@pytest.mark.parametrize("make", [path, query, header, cookie])
def test_empty_required_lists_are_rejected(make: Any) -> None:
    with pytest.raises(ArgumentError, match="an empty list"):
        write_parameter(make("color", "list[str]", required=True), [])


def test_empty_required_objects_are_allowed() -> None:
    assert write_parameter(query("pageable", "JSONValue", required=True), {}).query == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("nan")], {"a": float("-inf")}])
@pytest.mark.parametrize("make", [path, query, header, cookie])
def test_non_finite_numbers_are_rejected(make: Any, value: Any) -> None:
    with pytest.raises(ArgumentError, match="no number that can be sent"):
        write_parameter(make("color", "JSONValue"), value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), [Decimal("sNaN")]])
@pytest.mark.parametrize("make", [path, query, header, cookie])
def test_decimal_nan_is_rejected(make: Any, value: Any) -> None:
    with pytest.raises(ArgumentError, match="NaN is no value that can be sent"):
        write_parameter(make("color", "JSONValue"), value)


@pytest.mark.parametrize("annotation", [None, "JSONValue", "_dt.datetime"])
def test_pandas_nat_is_rejected(annotation: str | None) -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ArgumentError, match="NaT"):
        write_parameter(query("since", annotation), pandas.NaT)
    with pytest.raises(ArgumentError, match="NaT"):
        write_parameter(query("since", f"list[{annotation or 'str'}]"), [pandas.NaT])
