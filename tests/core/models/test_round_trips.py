"""Property tests: models write what they read, and invalid data raises DecodeError."""

from __future__ import annotations

import copy
import json
import pickle
from typing import cast

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.support.zoo import Box, Counters, Node, Owner, Patch, Plain, Square
from xcaas_core._errors import DecodeError
from xcaas_core._pointer import find
from xcaas_core.models import JSONValue, Model

names = st.text(max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | names
)
anything: st.SearchStrategy[JSONValue] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)


def objects(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Generate objects with any of these fields, some null, and with unknown fields."""
    known = st.fixed_dictionaries({}, optional={name: values | st.none() for name, values in fields.items()})
    unknown = st.dictionaries(names.map(lambda name: f"new {name}"), anything, max_size=2)
    return st.tuples(known, unknown).map(lambda parts: {**parts[1], **parts[0]})


nodes: st.SearchStrategy[dict[str, object]] = st.deferred(
    lambda: objects(
        name=names,
        next=nodes,
        children=st.lists(nodes, max_size=2),
        rows=st.lists(st.lists(nodes, max_size=2), max_size=2),
        **{"by~name/x": st.dictionaries(names, nodes, max_size=2)},
    )
)
plains = objects(
    text=names,
    whole=st.integers(-(2**53), 2**53),
    real=st.floats(allow_nan=False, allow_infinity=False),
    flag=st.booleans(),
    wholeText=st.integers().map(str),
    moment=st.sampled_from(["2024-05-01T12:00:00Z", "2024-05-01T12:00:00.250+02:00", "-", ""]),
    utc=st.sampled_from(["2024-05-01T12:00:00", "0"]),
    millis=st.integers(0, 10**12),
    day=st.dates().map(lambda day: day.isoformat()),
    key=st.uuids().map(str),
)
patches = objects(name=names, age=st.integers(0, 99), tags=st.lists(names, max_size=2), anything=anything)
pets = objects(kind=st.sampled_from(["cat", "dog", "emu"]), lives=st.integers(0, 9), tricks=st.lists(names, max_size=2))
owners = objects(pet=pets, pets=st.lists(pets, max_size=3))
squares = st.fixed_dictionaries({"side": st.integers(0, 9)})

PAIRS = st.one_of(
    st.tuples(st.just(Node), nodes),
    st.tuples(st.just(Plain), plains),
    st.tuples(st.just(Patch), patches),
    st.tuples(st.just(Owner), owners),
    st.tuples(st.just(Counters), st.dictionaries(names, squares, max_size=3)),
)


@given(PAIRS, st.booleans())
def test_models_write_what_they_read(pair: tuple[type[Model], dict[str, object]], validate: bool) -> None:
    cls, data = pair
    instance = cls.from_dict(copy.deepcopy(data))
    if validate:
        instance.validate()
    assert instance.to_dict() == data
    assert json.loads(instance.to_json()) == data
    again = cls.from_json(instance.to_json())
    assert again == instance
    assert again.to_dict() == data


@given(PAIRS)
def test_copies_and_pickles_are_equal(pair: tuple[type[Model], dict[str, object]]) -> None:
    cls, data = pair
    original = cls.from_dict(data)
    for duplicate in (
        pickle.loads(pickle.dumps(original)),
        copy.deepcopy(original),
        copy.copy(original),
        original.evolve(),
    ):
        assert duplicate == original
        assert duplicate.to_dict() == data


@given(PAIRS, st.data())
def test_is_set_reflects_presence_in_json(pair: tuple[type[Model], dict[str, object]], data: st.DataObject) -> None:
    cls, raw = pair
    instance = cls.from_dict(raw)
    for attribute in attrs.fields(cls):
        wire = attribute.metadata.get("wire")
        if wire is not None:
            assert instance.is_set(attribute.name) == (wire in raw)
            if raw.get(wire) is None:
                assert getattr(instance, attribute.name) is None


@given(
    st.sampled_from([Node, Plain, Patch, Owner, Counters, Box, Square]),
    st.dictionaries(
        names | st.sampled_from(["name", "next", "rows", "pet", "pets", "kind", "side", "moment", "whole"]), anything
    ),
)
def test_any_object_is_read_or_raises_decode_error(cls: type[Model], data: dict[str, object]) -> None:
    pointer: str | None = None
    try:
        instance = cls.from_dict(copy.deepcopy(data)).validate()
    except DecodeError as error:
        pointer = error.pointer or ""
    else:
        assert json.loads(instance.to_json()) == json.loads(json.dumps(data))
    if pointer is not None:  # it leads to a value, or to a missing one in an existing container
        container = find(cast("JSONValue", data), pointer.rpartition("/")[0])
        assert isinstance(container, dict | list)
