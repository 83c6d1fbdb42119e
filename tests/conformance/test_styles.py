"""OpenAPI's own table of styles, and equality of values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.bodies import same_json
from tests.conformance.styles import JsonText, matches, query_alternatives, segment_alternatives

LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
    ],
)
def test_path_segments_follow_openapi_styles(style: str, explode: bool, value: Any, expected: str) -> None:
    assert segment_alternatives(style, explode, "color", value)[0] == expected


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("form", False, "blue", [("color", "blue")]),
        ("form", False, LIST, [("color", "blue,black,brown")]),
        ("form", False, OBJECT, [("color", "R,100,G,200,B,150")]),
        ("form", True, LIST, [("color", "blue"), ("color", "black"), ("color", "brown")]),
        ("form", True, OBJECT, [("R", "100"), ("G", "200"), ("B", "150")]),
        ("spaceDelimited", False, LIST, [("color", "blue%20black%20brown")]),
        ("pipeDelimited", False, OBJECT, [("color", "R|100|G|200|B|150")]),
        ("deepObject", True, OBJECT, [("color[R]", "100"), ("color[G]", "200"), ("color[B]", "150")]),
        ("form", True, {"sort": ["a", "b"]}, [("sort", "a"), ("sort", "b")]),
        ("deepObject", True, {"a": [{"b": 1}]}, [("color[a][0][b]", "1")]),
    ],
)
def test_query_pairs_follow_openapi_styles(
    style: str, explode: bool, value: Any, expected: list[tuple[str, str]]
) -> None:
    assert query_alternatives(style, explode, "color", value)[0] == expected


@pytest.mark.parametrize(
    ("raw", "expected", "is_equal"),
    [
        ("a%2Fb", "a%2Fb", True),
        ("a/b", "a%2Fb", True),
        ("a%2fb", "a%2Fb", True),
        ("a,b", "a,b", True),
        ("a%2Cb", "a,b", False),
        ("a%252Fb", "a%2Fb", False),
        ("%61", "a", True),
    ],
)
def test_unnecessary_percent_encoding_is_ignored(raw: str, expected: str, is_equal: bool) -> None:
    assert matches(raw, expected) is is_equal


def test_json_in_a_query_may_have_any_spelling() -> None:
    assert matches("%7B%22a%22%3A+1%7D", JsonText({"a": 1}), form=True)
    assert not matches("%7B%22a%22%3A2%7D", JsonText({"a": 1}), form=True)


def test_true_does_not_equal_one() -> None:
    assert same_json({"a": [1, 1.0]}, {"a": [1.0, 1]})
    assert not same_json({"a": True}, {"a": 1})
    assert not same_json([None], [])
