"""Any document that `read` could return becomes modules that compile and have only the expected structure."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.documents import AT, SERVER, document, enum, field, model, operation, response, texts
from tests.support.module_shape import assert_shape
from xcaas_generator import ir

WORDS = st.one_of(
    st.sampled_from(
        ["list", "str", "id", "type", "Pet", "pet", "class", "self", "body", "x-y", "1a", "_", "é", "名", "None"]
    ),
    st.text(min_size=1, max_size=12),
)
MODELS, ENUMS = ("Pet", "pet", "List", "Ünï", "2x"), ("Kind", "kind", "str")
FLAGS = st.booleans()
SCALAR_KINDS: list[ir.Scalar] = [
    *(
        ir.Scalar("str", form)
        for form in (None, "date", "date-time", "date-time-basic", "uuid", "int64", "float", "odd form")
    ),
    *(ir.Scalar("int", form) for form in (None, "epoch-seconds")),
    ir.Scalar("float"),
    ir.Scalar("bool"),
    ir.Scalar("none"),
    ir.Scalar("bytes", "binary"),
    ir.Scalar("any"),
]


@st.composite
def leaves(draw: st.DrawFn) -> ir.TypeRef:
    match draw(st.integers(0, 4)):
        case 0:
            return draw(st.sampled_from(SCALAR_KINDS))
        case 1:
            return ir.Const(draw(st.one_of(st.none(), FLAGS, st.integers(), st.floats(allow_nan=False), WORDS)))
        case 2:
            return ir.ModelRef(draw(st.sampled_from(MODELS)))
        case 3:
            return ir.EnumRef(draw(st.sampled_from(ENUMS)))
        case _:
            names = draw(st.lists(st.sampled_from(MODELS), min_size=1, max_size=3, unique=True))
            tag = draw(WORDS)
            return ir.UnionOf(tuple(map(ir.ModelRef, names)), tag, tuple((name + tag, name) for name in names))


def nested(inner: st.SearchStrategy[ir.TypeRef]) -> st.SearchStrategy[ir.TypeRef]:
    unions: st.SearchStrategy[ir.TypeRef] = st.builds(ir.UnionOf, st.lists(inner, min_size=1, max_size=4).map(tuple))
    return st.one_of(st.builds(ir.ListOf, inner), st.builds(ir.MapOf, inner), unions)


TYPES: st.SearchStrategy[ir.TypeRef] = st.recursive(leaves(), nested, max_leaves=6)


@st.composite
def models(draw: st.DrawFn, name: str) -> ir.Model:
    wires = draw(st.lists(WORDS, max_size=4, unique=True))
    fields = [
        replace(
            field(wire, draw(TYPES), required=draw(FLAGS)),
            nullable=draw(FLAGS),
            read_only=draw(FLAGS),
            write_only=draw(FLAGS),
        )
        for wire in wires
    ]
    return model(name, *fields, extra=draw(st.one_of(st.none(), TYPES)))


@st.composite
def parameters(draw: st.DrawFn) -> tuple[ir.Parameter, ...]:
    locations: st.SearchStrategy[ir.Location] = st.sampled_from(["path", "query", "header", "cookie"])
    keys = draw(st.lists(st.tuples(locations, WORDS), max_size=4, unique=True))
    result: list[ir.Parameter] = []
    for location, wire in keys:
        default = draw(st.one_of(st.none(), st.integers(), WORDS))
        required = location == "path" or draw(FLAGS)
        parameter = ir.Parameter(
            wire, wire, location, draw(TYPES), required, AT, default=default, has_default=default is not None
        )
        result.append(parameter)
    return tuple(result)


@st.composite
def bodies(draw: st.DrawFn) -> ir.Body | None:
    kinds: st.SearchStrategy[ir.BodyKind] = st.sampled_from(["json", "form", "multipart", "text", "binary", "xml"])
    drawn = draw(st.lists(kinds, max_size=3))
    if not drawn:
        return None
    variants = tuple(ir.BodyVariant(f"application/x-{index}", kind, draw(TYPES)) for index, kind in enumerate(drawn))
    return ir.Body(variants, draw(FLAGS), AT, draw(WORDS))


@st.composite
def responses(draw: st.DrawFn) -> tuple[ir.Response, ...]:
    statuses = st.sampled_from(["200", "201", "2XX", "default", "302", "404", "4XX", "500"])
    kinds: st.SearchStrategy[ir.ResponseKind] = st.sampled_from(["json", "text", "binary", "xml"])
    drawn = draw(st.lists(statuses, max_size=3, unique=True))
    return tuple(response(draw(st.one_of(st.none(), TYPES)), status, "a/b", draw(kinds)) for status in drawn)


@st.composite
def operations(draw: st.DrawFn, index: int) -> ir.Operation:
    return operation(
        f"{draw(WORDS)}{index}",
        "POST",
        f"/{index}",
        *draw(responses()),
        verb=draw(st.one_of(st.none(), WORDS)),
        tags=tuple(draw(st.lists(WORDS, max_size=1))),
        parameters=draw(parameters()),
        body=draw(bodies()),
        deprecated=draw(FLAGS),
    )


@st.composite
def documents(draw: st.DrawFn) -> ir.Document:
    return document(
        *(draw(operations(index)) for index in range(draw(st.integers(0, 4)))),
        models=tuple(draw(models(name)) for name in MODELS),
        enums=(
            enum("Kind", "a", "b"),
            enum("kind", 1, None, base=("int", "none")),
            enum("str", "x", True, base=("str", "bool")),
        ),
        servers=(SERVER,),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_any_document_becomes_a_valid_package(doc: ir.Document) -> None:
    files = texts(doc)
    assert len({path.casefold() for path in files}) == len(files)
    for path, source in files.items():
        assert_shape(path, source)
        if path.endswith(".py"):
            compile(source, path, "exec", dont_inherit=True)
    records = json.loads(files["_manifest.json"])["operations"]
    assert len({item["call"] for item in records}) == len(doc.operations)
