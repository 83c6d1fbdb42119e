"""Any document that the front could hand over becomes modules that compile and hold nothing but what belongs there."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generator.back.shape import assert_shape
from tests.generator.back.support import AT, SERVER, answer, document, enum, field, model, operation, texts
from xcaas_generator import ir

WORDS = st.one_of(
    st.sampled_from(
        [
            "list",
            "str",
            "id",
            "type",
            "Pet",
            "pet",
            "PET",
            "class",
            "self",
            "body",
            "get",
            "x-y",
            "1a",
            "_",
            "é",
            "名",
            "Model",
            "Client",
            "None",
        ]
    ),
    st.text(min_size=1, max_size=12),
)
MODELS, ENUMS = ("Pet", "pet", "List", "Ünï", "2x"), ("Kind", "kind", "str")
KINDS = st.sampled_from(["str", "int", "float", "bool", "none", "bytes", "any"])
FORMS = st.sampled_from(
    [None, "date", "date-time", "date-time-basic", "uuid", "epoch-seconds", "int64", "float", "odd form"]
)
SCALARS: st.SearchStrategy[ir.TypeRef] = st.builds(ir.Scalar, KINDS, FORMS)
CONSTANTS: st.SearchStrategy[ir.TypeRef] = st.builds(
    ir.Const, st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS)
)
NAMED: st.SearchStrategy[ir.TypeRef] = st.one_of(
    st.sampled_from(MODELS).map(ir.ModelRef), st.sampled_from(ENUMS).map(ir.EnumRef)
)
TAGGED: st.SearchStrategy[ir.TypeRef] = st.builds(
    lambda names, tag: ir.UnionOf(tuple(map(ir.ModelRef, names)), tag, tuple((name + tag, name) for name in names)),
    st.lists(st.sampled_from(MODELS), min_size=1, max_size=3, unique=True),
    WORDS,
)
TYPES: st.SearchStrategy[ir.TypeRef] = st.recursive(
    st.one_of(SCALARS, CONSTANTS, NAMED, TAGGED),
    lambda inner: st.one_of(
        st.builds(ir.ListOf, inner),
        st.builds(ir.MapOf, inner),
        st.lists(inner, min_size=1, max_size=4).map(lambda members: ir.UnionOf(tuple(members))),
    ),
    max_leaves=6,
)
FLAGS = st.booleans()
FIELDS = st.builds(
    lambda wire, type_, required, nullable, one, two: replace(
        field(wire, type_, required=required), nullable=nullable, read_only=one, write_only=two
    ),
    WORDS, TYPES, FLAGS, FLAGS, FLAGS, FLAGS,
)  # fmt: skip
PARAMETERS = st.builds(
    lambda wire, where, type_, required, default: ir.Parameter(
        wire, wire, where, type_, required or where == "path", AT, default=default, has_default=default is not None
    ),
    WORDS,
    st.sampled_from(["path", "query", "header", "cookie"]),
    TYPES,
    FLAGS,
    st.one_of(st.none(), st.integers(), WORDS, st.lists(WORDS, max_size=1)),
)
BODIES = st.builds(
    lambda variants, required, name: ir.Body(
        tuple(ir.BodyVariant(f"application/x-{index}", kind, type_) for index, (kind, type_) in enumerate(variants)),
        required, AT, name,
    ),
    st.lists(st.tuples(st.sampled_from(["json", "form", "multipart", "text", "binary", "xml"]), TYPES), min_size=1, max_size=3),
    FLAGS,
    WORDS,
)  # fmt: skip
ANSWERS = st.builds(
    lambda status, type_, kind: answer(type_, status, f"application/{kind}", kind),
    st.sampled_from(["200", "201", "2XX", "default", "302", "404", "4XX", "500"]),
    st.one_of(st.none(), TYPES),
    st.sampled_from(["json", "text", "binary", "xml"]),
)
OPERATIONS = st.builds(
    lambda id, verb, tags, parameters, body, answers, deprecated: operation(
        id,
        "POST",
        "/",
        *answers,
        verb=verb,
        tags=tuple(tags),
        parameters=tuple(parameters),
        body=body,
        deprecated=deprecated,
    ),
    WORDS,
    st.one_of(st.none(), WORDS),
    st.lists(WORDS, max_size=1),
    st.lists(PARAMETERS, max_size=4, unique_by=lambda item: (item.location, item.wire)),
    st.one_of(st.none(), BODIES),
    st.lists(ANSWERS, max_size=3, unique_by=lambda item: item.status),
    FLAGS,
)
DOCUMENTS = st.builds(
    lambda operations, fields, extras: document(
        *(replace(item, id=f"{item.id}{index}", path=f"/{index}") for index, item in enumerate(operations)),
        models=tuple(
            model(name, *of, extra=extra) for name, of, extra in zip(MODELS, fields, extras, strict=True)
        ),
        enums=(enum("Kind", "a", "b"), enum("kind", 1, None, base=("int", "none")), enum("str", "x", True, base=("str", "bool"))),
        servers=(SERVER,),
    ),
    st.lists(OPERATIONS, max_size=4),
    st.tuples(*[st.lists(FIELDS, max_size=4, unique_by=lambda item: item.wire) for _ in MODELS]),
    st.tuples(*[st.one_of(st.none(), TYPES) for _ in MODELS]),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(DOCUMENTS)
def test_every_document_becomes_a_package(given_: ir.Document) -> None:
    made = texts(given_)
    assert len({path.casefold() for path in made}) == len(made)
    for path, source in made.items():
        assert_shape(path, source)
        if path.endswith(".py"):
            compile(source, path, "exec", dont_inherit=True)
    records = json.loads(made["_manifest.json"])["operations"]
    assert len({item["call"] for item in records}) == len(given_.operations)
