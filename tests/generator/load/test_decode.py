"""Parsing of files: YAML 1.2, JSON, encodings, duplicate keys, and positions for messages."""

from __future__ import annotations

import json

import pytest

from xcaas_generator.load.decode import load
from xcaas_generator.load.positions import find_positions, spellings
from xcaas_generator.problems import InputError

SCALARS = {
    "OFF": "OFF", "no": "no", "y": "y", "true": True, "True": True, "null": None, "~": None, "''": "", "12": 12, "-3": -3,
    "0o17": 15, "0x1F": 31, "012": 12, "1_000": "1_000", "1.5": 1.5, ".5": 0.5, "1e3": 1000.0, "12:30": "12:30",
    "2024-01-01": "2024-01-01", "2024-01-01T10:00:00Z": "2024-01-01T10:00:00Z", "'7'": "7", "!!str 7": "7", "!!int '7'": 7,
    "=": "=", "v1.0": "v1.0", "+1": 1, "-": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [item for item in SCALARS.items() if item[0] != "-"])
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    tree = load(f"a: {text}".encode(), "x").tree
    assert tree == {"a": value}
    assert isinstance(tree, dict)
    assert type(tree["a"]) is type(value)


def test_keys_are_strings_as_written() -> None:
    assert load(b"200: a\ntrue: b\n1.0: c\n~: d\n", "x").tree == {"200": "a", "true": "b", "1.0": "c", "~": "d"}


def test_anchors_and_merge_keys_are_expanded() -> None:
    text = b"base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b, {z: 4}]}\nlist: [*b]\n"
    assert load(text, "x").tree == {
        "base": {"x": 1, "y": 2}, "one": {"x": 1, "y": 3}, "two": {"x": 1, "y": 2, "z": 4}, "list": [{"x": 1, "y": 2}],
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings_are_detected(encoding: str) -> None:
    loaded = load("a: größe".encode(encoding), "x")
    assert loaded.tree == {"a": "größe"}
    assert not loaded.problems


def test_json_that_is_no_yaml_is_parsed() -> None:
    text = json.dumps({"emoji": "😀", "tab\t": "\u007f", "slash": "/"}, ensure_ascii=True)
    assert load(text.encode(), "x").tree == json.loads(text)


def test_json_with_a_trailing_comma_is_read_as_yaml() -> None:
    assert load(b'{"a": [1, 2,],\n\t"b": 3,}', "x").tree == {"a": [1, 2], "b": 3}


UNUSUAL = {
    "duplicate in YAML": ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "/b/c", "appears twice"),
    "duplicate in JSON": ('{"a": 1,\n "b": {"c": 1, "c": 2}}', 2, 16, "/b/c", "appears twice"),
    "several documents": ("a: 1\n---\nb: 2\n", 2, 1, "", "several YAML documents"),
    "unknown tag": ("a: !include b.yaml\n", 1, 4, "/a", "!include"),
    "a list as key": ("? [a]\n: 1\nb: 2\n", 1, 3, "", "can't be a key"),
}


@pytest.mark.parametrize(("text", "line", "column", "pointer", "message"), UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_files_are_parsed_with_a_warning(text: str, line: int, column: int, pointer: str, message: str) -> None:
    (problem,) = load(text.encode(), "x").problems
    assert (problem.line, problem.column, problem.pointer, problem.severity) == (line, column, pointer, "warning")
    assert message in problem.message


def test_latin_1_is_read_with_a_warning() -> None:
    loaded = load("a: x\nb: größe".encode("latin-1"), "x")
    assert loaded.tree == {"a": "x", "b": "größe"}
    assert (loaded.problems[0].line, loaded.problems[0].column) == (2, 6)


UNREADABLE = {
    "empty": (b"  \n", 1, "empty"),
    "broken YAML": (b"a: b\nc: [1\nd: }", 3, "not valid YAML"),
    "tabs": (b"a:\n\tb: 1\n", 2, "not valid YAML"),
    "broken JSON": (b'{"a": 1,\n"b": ]}', 2, "not valid JSON"),
    "unknown alias": (b"a: *nope\n", 1, "no anchor &nope"),
    "control characters": (b"a: \x01\n", 1, "not valid YAML"),
}


@pytest.mark.parametrize(("data", "line", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_files_raise_with_a_line(data: bytes, line: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(data, "some.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("some.yaml", line)
    assert message in problem.message


@pytest.mark.parametrize("as_json", [False, True])
def test_positions_of_pointers_are_found(as_json: bool) -> None:
    text = (
        '{"paths": {\n  "/a": {"get": [10,\n    {"x~y": "😀"}]}}}'
        if as_json
        else "paths:\n  /a:\n    get:\n    - 10\n    - x~y: v\n"
    )
    data = (json.dumps(json.loads(text), indent=1) if as_json else text).encode()
    positions = find_positions(data, ["/paths/~1a/get/0", "/paths/~1a/get/1/x~0y", "/nope"])
    assert positions["/paths/~1a/get/0"].line == 4 + as_json
    assert positions["/paths/~1a/get/1/x~0y"].line == (7 if as_json else 5)
    assert "/nope" not in positions


def test_spellings_are_those_that_parsing_loses() -> None:
    text = "a: 1.10\nb: {c: [007, 7, 1.5, 'x', {d: 0x1F}, [1e3]], e: True}\n~f/g: +1\nh: 12\ni: tab\n"
    assert spellings(load(text.encode(), "x")) == {
        "/a": "1.10", "/b/c/0": "007", "/b/c/4/d": "0x1F", "/b/c/5/0": "1e3", "/b/e": "True", "/~0f~1g": "+1",
    }  # fmt: skip
    assert spellings(load(b'{"a": 1.10, "b": [10.0, 2.50]}', "x")) == {"/a": "1.10", "/b/1": "2.50"}
