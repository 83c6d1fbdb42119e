"""Names in a spec that shadow those of generated code: everything still passes strict type checkers."""

from __future__ import annotations

import contextlib
import copy
import importlib
import itertools
import json
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from tests.support.documents import (
    AT,
    document,
    enum,
    field,
    json_body,
    model,
    operation,
    path,
    query,
    response,
    write,
)
from tests.support.hints import unresolved_hints
from xcaas_core._errors import DecodeError
from xcaas_core.models import JSONValue
from xcaas_generator import ir


def words(text: str) -> list[str]:
    return text.split()


# Schemas named like what generated modules import or define, and names that are invalid in Python.
NAMES = [
    *words(
        """
List Any Optional Model Error Type datetime str int dict list None True Literal TypedDict NotRequired TypeAlias
JSONValue UnknownModel Final Operation Resource AsyncResource Exception BaseException Warning object type property
Client AsyncClient Product PRODUCT Pager Download Sequence Mapping UUID TYPE_CHECKING field model extra class Dict
PetDict Pet pet PET FileInput Deprecated deprecated __init__ _private 2fast ünï 名前 Foo FooDict
"""
    ),
    "a b",
    "x" * 300,
]
WIRES = [
    *words(
        """
str int float bool bytes list dict type object property id self cls class def None field model extra Model Literal
additional_properties from_dict to_dict to_json is_set validate unknown_fields __class__ __init__ __slots__ __model__
__rest__ _private __mangled keys items get copy pop update values clear x-y a.b 1st ünï 名前 mro __dict__ _dt Sequence
TYPE_CHECKING NotRequired Foo Pet datetime _place _step A a B b_ b ﬁ async await match print __name__ __annotations__
__doc__ __module__ __weakref__ Any from _id __attrs_attrs__ __init_subclass__ _models _sdk __fallbacks__ unset _layout
__reduce__ __eq__ __hash__ __repr__ __replace__ from_ self_ Format Annotated
"""
    ),
    "",
    "  ",
    "a" * 300,
]
VERBS = [
    *words(
        """
list get set str int dict property query path header deprecated import class self _call __init__ Operation json_response
Pager bytes type object ERRORS errors models PRODUCT product print PetDict super 1x ünï Pets
"""
    ),
    "",
]
TAGS = [*NAMES, "Resource", "client", "product", "models", "init", "lock", "close", "raw", "aclose", "options"]

SCALARS: list[ir.TypeRef] = [
    ir.Scalar("str"),
    ir.Scalar("str", "date"),
    ir.Scalar("str", "date-time"),
    ir.Scalar("str", "uuid"),
    ir.Scalar("int"),
    ir.Scalar("float"),
    ir.Scalar("bool"),
    ir.Scalar("any"),
    ir.Scalar("bytes", "binary"),
    ir.Scalar("int", "epoch-seconds"),
    ir.Scalar("str", "int64"),
    *(ir.Const(value) for value in ("a", 1, None, True, 1.5)),
    ir.ListOf(ir.Scalar("str")),
    ir.MapOf(ir.ListOf(ir.Scalar("int"))),
    ir.UnionOf((ir.Scalar("str"), ir.Scalar("int"), ir.Scalar("none"))),
    ir.UnionOf((ir.Scalar("any"), ir.Scalar("str"))),
]
MODELS: list[ir.TypeRef] = [ir.ModelRef(name) for name in NAMES]
TYPES = SCALARS + MODELS
# A value for each of `SCALARS`.
VALUES: list[JSONValue] = [
    "text",
    "2026-03-14",
    "2026-03-14T09:26:53Z",
    "6f1c2a0e-7d3b-4a58-9a8e-2f4d1c0b9e77",
    1,
    1.5,
    True,
    {"any": [None]},
    "ZXhhbXBsZQ==",
    1773480413,
    "7",
    "a",
    1,
    None,
    True,
    1.5,
    ["a"],
    {"a": [1]},
    "x",
    [1],
]
ENUMS = (
    enum("Color", "red", "", '"', "\\", "a\nb"),
    enum("Number", 1, 2, base=("int",)),
    enum("Mixed", "a", 1, None, True, 1.5, base=("str", "int", "none", "bool", "float")),
    enum("Empty values"),
    enum("Many", *map(str, range(2000))),
    enum("Floats", 1.5, 2.5, base=("float",)),
    enum("Flags", True, False, base=("bool",)),
    enum("Nulls", None, base=("none",)),
)


def shadowing_document() -> ir.Document:
    return document(*verbs(), *tags(), models=(*models(), *shapes()), enums=ENUMS, tags=(("pets", 'doc """ \\'),))


def models() -> list[ir.Model]:
    return [
        model(
            name,
            *(
                field(wire, TYPES[(row * 7 + column) % len(TYPES)], required=column % 3 == 0, nullable=column % 5 == 0)
                for column, wire in enumerate(WIRES)
                if (row + column) % 3 == 0  # all pairs of names occur, and type checkers take only seconds
            ),
            extra=SCALARS[row % len(SCALARS)] if row % 2 else None,
        )
        for row, name in enumerate(NAMES)
    ]


def shapes() -> list[ir.Model]:
    recursive = ir.ModelRef("Recursive")
    tagged = ir.UnionOf((ir.ModelRef("Pet"), ir.ModelRef("Foo")), "k)ind,", (("a=b", "Pet"), ('"q"', "Foo")))
    return [
        model("Nothing"),
        model("Recursive", field("me", ir.UnionOf((recursive, ir.ListOf(recursive), ir.Scalar("none"))))),
        model("Tagged", field("union", tagged), field("enums", ir.ListOf(ir.EnumRef("Mixed")))),
        model("Huge", field("union", ir.UnionOf(tuple(MODELS)))),
        model("Every name", *(field(wire, SCALARS[index % len(SCALARS)]) for index, wire in enumerate(WIRES))),
    ]


def verbs() -> list[ir.Operation]:
    result: list[ir.Operation] = []
    for row, verb in enumerate(VERBS):
        types = [*TYPES, ir.EnumRef("Color"), ir.ListOf(ir.EnumRef("Mixed"))]
        queries = [
            query(wire, types[(row + column) % len(types)], required=column % 4 == 0, nullable=column % 7 == 0)
            for column, wire in enumerate([*WIRES[row % 3 : 30 : 3], "id", "body"])
        ]
        result.append(
            operation(
                f"verb {row}",
                "GET",
                f"/verbs{row}/{{id}}/{{self}}/{{body}}",
                response(TYPES[row]),
                response(MODELS[row], "404"),
                response(None, "204"),
                parameters=(path("id"), path("self"), path("body"), *queries, query("x", ir.Const("v"), required=True)),
                verb=verb,
                deprecated=row % 2 == 0,
                body=json_body(TYPES[-row]) if row % 3 else bodies(required=row % 2 == 0),
            )
        )
    return result


def bodies(*, required: bool) -> ir.Body:
    encoding = ir.PartEncoding("a", 'text/"x"', "form", True)
    return ir.Body(
        (
            ir.BodyVariant("multipart/form-data", "multipart", MODELS[0]),
            ir.BodyVariant("text/plain", "text", ir.Scalar("str")),
            ir.BodyVariant("application/xml", "xml", ir.Scalar("any")),
            ir.BodyVariant("application/octet-stream", "binary", ir.Scalar("bytes", "binary")),
            ir.BodyVariant("application/x-www-form-urlencoded", "form", MODELS[1], (encoding,)),
        ),
        required,
        AT,
    )


def tags() -> list[ir.Operation]:
    return [
        operation(f"op{row}", "GET", f"/tags{row}", response(ir.ListOf(MODELS[row % len(MODELS)])), tags=(tag,))
        for row, tag in enumerate(TAGS)
    ]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(shadowing_document(), tmp_path_factory.mktemp("out") / "tortured")


def test_mypy_reports_nothing(package: Path) -> None:
    run_checker(package, "mypy", "--strict", "--no-incremental", "-p", "tortured")


def test_pyright_reports_nothing(package: Path) -> None:
    settings = package.parent / "pyrightconfig.json"
    settings.write_text('{"include": ["tortured"], "typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    run_checker(package, "basedpyright", "--pythonpath", sys.executable, "-p", str(settings))


def run_checker(package: Path, tool: str, *arguments: str) -> None:
    process = subprocess.run(
        [sys.executable, "-m", tool, *arguments],
        cwd=package.parent,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-4000:]


def test_all_modules_can_be_imported_and_all_models_created(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    tortured = importlib.import_module("tortured")
    for module in pkgutil.walk_packages([str(package)], "tortured."):
        importlib.import_module(module.name)
    for name in tortured.models.__all__:
        cls = getattr(tortured.models, name)
        if hasattr(cls, "from_dict"):
            with contextlib.suppress(DecodeError):  # some of the fields can't be null
                cls.from_dict(dict.fromkeys(WIRES))


def test_type_hints_resolve(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    count, missing = unresolved_hints(importlib.import_module("tortured"))
    assert missing == []
    assert count > 300


def test_fields_of_any_name_can_be_read_and_written(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    cls = importlib.import_module("tortured").models.EveryName
    data = dict(zip(WIRES, itertools.cycle(VALUES)))
    assert len(data) == len(WIRES)
    instance = cls.from_dict(data)
    assert instance.to_dict() == data
    assert instance.unknown_fields == {}
    fields = [attribute for attribute in attrs.fields(cls) if attribute.name != "unknown_fields"]
    assert len(fields) == len(WIRES)
    copied = cls(**{attribute.alias: getattr(instance, attribute.name) for attribute in fields})
    assert copied == instance
    assert copied.to_dict() == data
    assert copy.copy(instance) == instance
    assert attrs.evolve(instance) == instance
    assert pickle.loads(pickle.dumps(instance)) == instance
    for attribute in fields:
        instance.unset(attribute.name)
    assert instance.to_dict() == {}


@pytest.mark.parametrize("cls", ["Client", "AsyncClient"])
def test_all_calls_of_the_manifest_exist(package: Path, monkeypatch: pytest.MonkeyPatch, cls: str) -> None:
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    client = getattr(importlib.import_module("tortured"), cls)(base_url="http://127.0.0.1:9")
    operations = json.loads((package / "_manifest.json").read_text())["operations"]
    assert len(operations) == len(VERBS) + len(TAGS)
    for item in operations:
        target = client
        for part in item["call"].split("."):
            target = getattr(target, part)
        assert callable(target), item["call"]
