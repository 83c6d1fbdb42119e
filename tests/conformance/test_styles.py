"""OpenAPI's own table of styles, and what counts as the same value."""

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
def test_segments(style: str, explode: bool, value: Any, expected: str) -> None:
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
def test_pairs(style: str, explode: bool, value: Any, expected: list[tuple[str, str]]) -> None:
    assert query_alternatives(style, explode, "color", value)[0] == expected


@pytest.mark.parametrize(
    ("raw", "expected", "same"),
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
def test_encoding_without_need_is_no_fault(raw: str, expected: str, same: bool) -> None:
    assert matches(raw, expected) is same


def test_json_in_a_query_may_be_spelled_in_any_way() -> None:
    assert matches("%7B%22a%22%3A+1%7D", JsonText({"a": 1}), form=True)
    assert not matches("%7B%22a%22%3A2%7D", JsonText({"a": 1}), form=True)


def test_true_is_not_one() -> None:
    assert same_json({"a": [1, 1.0]}, {"a": [1.0, 1]})
    assert not same_json({"a": True}, {"a": 1})
    assert not same_json([None], [])
