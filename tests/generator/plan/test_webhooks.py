"""Named unions and webhooks in generated code: names, types, and parsers."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.documents import AT, TEXT, document, field, json_body, model, operation, texts, write
from xcaas_core.models import Parser, UnknownModel, Webhook
from xcaas_generator import ir
from xcaas_generator.diff.compare import compare

BORN = ir.Webhook("pet.born", "POST", AT, json_body(ir.ModelRef("Cat")), summary="A pet was born")
HOME = ir.UnionOf((ir.ModelRef("Cat"), ir.ModelRef("Dog")), "kind", (("cat", "Cat"), ("dog", "Dog")))
MODELS = (
    model("Cat", field("kind", ir.Const("cat"), required=True), field("friend", HOME), doc="A small one."),
    model("Dog", field("kind", ir.Const("dog"), required=True), field("cat", ir.ModelRef("Cat"))),
)
UNION = ir.Union("Animal", HOME, AT, "Cat or dog. Nothing else.")


def pets(*webhooks: ir.Webhook, **more: object) -> ir.Document:
    add_pet = operation("addPet", "POST", body=json_body(HOME))
    doc = replace(document(add_pet), models=MODELS, unions=(UNION,), webhooks=webhooks)
    return replace(doc, **more)  # type: ignore[arg-type]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    callback = replace(BORN, name="pet.born", operation="addPet", body=json_body(ir.ListOf(HOME)))
    ping = replace(BORN, name="ping", body=None)
    write(pets(BORN, callback, ping), tmp_path / "hooked")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in [name for name in sys.modules if name.partition(".")[0] == "hooked"]:
        del sys.modules[name]
    return importlib.import_module("hooked")


def test_unions_can_be_imported_and_parsed(package: ModuleType) -> None:
    models = package.models
    assert {"Animal", "parse_animal"} <= set(models.__all__)
    cat = models.parse_animal(b'{"kind": "cat", "friend": {"kind": "dog"}}')
    assert isinstance(cat, models.Cat)
    assert isinstance(cat, models.Animal)
    assert isinstance(cat.friend, models.Dog)
    assert isinstance(models.parse_animal({"kind": "emu"}), UnknownModel)
    assert isinstance(models.parse_animal, Parser)


def test_webhooks_parse_their_payload(package: ModuleType) -> None:
    hooks = package.webhooks
    assert [(hook.name, hook.operation) for hook in hooks.WEBHOOKS] == [
        ("pet.born", ""),
        ("pet.born", "addPet"),
        ("ping", ""),
    ]
    assert all(isinstance(hook, Webhook) for hook in hooks.WEBHOOKS)
    assert isinstance(hooks.PET_BORN('{"kind": "cat"}'), package.models.Cat)
    assert [type(pet).__name__ for pet in hooks.ADD_PET_PET_BORN([{"kind": "dog"}, {"kind": "cat"}])] == ["Dog", "Cat"]
    assert hooks.PING(b"") is None


def test_annotations_use_the_names_of_unions() -> None:
    files = texts(pets())
    assert (
        'friend: Annotated[_models.Animal, Discriminator("kind", ("cat", _models.Cat), ("dog", _models.Dog))] | None = field('
        in (files["models/_cat.py"])
    )
    assert "body: _models.Animal | _models.CatDict | _models.DogDict)" in files["_pets.py"]
    assert '"""Cat or dog."""' in files["models/_cat.py"]


def test_a_field_without_a_description_has_that_of_its_model() -> None:
    assert '"""A small one."""' in texts(pets())["models/_dog.py"]
    own = replace(MODELS[1], fields=(replace(MODELS[1].fields[1], doc="Who it chases."),))
    text = texts(pets(models=(MODELS[0], own)))["models/_dog.py"]
    assert '"""Who it chases."""' in text
    assert "small" not in text


def test_unions_of_1_and_true_are_different() -> None:
    one, true = (ir.UnionOf((ir.ModelRef("Cat"), ir.Const(value))) for value in (1, True))
    holder = model("Holder", field("one", one), field("true", true))
    files = texts(pets(models=(*MODELS, holder), unions=(ir.Union("One", one, AT), ir.Union("Yes", true, AT))))
    assert "one: Annotated[_models.One, AnyOf] | None" in files["models/_holder.py"]
    assert "true: Annotated[_models.Yes, AnyOf] | None" in files["models/_holder.py"]


def test_a_package_without_webhooks_has_no_webhooks_module() -> None:
    assert "webhooks.py" not in texts(pets())
    assert "webhooks" not in texts(pets())["__init__.py"]


def test_payloads_may_be_forms_or_text() -> None:
    form = ir.Body((ir.BodyVariant("application/x-www-form-urlencoded", "form", ir.ModelRef("Cat")),), True, AT)
    plain = ir.Body((ir.BodyVariant("text/plain", "text", TEXT),), True, AT)
    text = texts(pets(replace(BORN, body=form), replace(BORN, name="note", body=plain)))["webhooks.py"]
    assert "PET_BORN: Final[Webhook[_models.Cat]]" in text
    assert "NOTE: Final[Webhook[_sdk.JSONValue]]" in text


def test_generated_webhooks_and_unions_pass_mypy_strict(tmp_path: Path) -> None:
    names = ("1st", "TYPE_CHECKING", "Final", "final", "Webhook", "tuple", "object", "class", "", "a.b", "a_b")
    hooks = (replace(BORN, name="webhooks", body=json_body(HOME)), *(replace(BORN, name=name) for name in names))
    union_names = (
        "Parser",
        "TypeAlias",
        "Final",
        "UnknownModel",
        "Literal",
        "JSONValue",
        "Any",
        "list",
        "x y",
        "\u0390",
    )
    unions = tuple(
        ir.Union(name, ir.UnionOf((*HOME.members, ir.ListOf(ir.Const(name)))), AT, f'{name} """ \\')
        for name in union_names
    )
    write(pets(BORN, *hooks, unions=(UNION, *unions)), tmp_path / "p")
    source = "from p import webhooks\nfrom p.models import Animal, Cat, parse_animal\n"
    source += "cat: Cat = webhooks.PET_BORN(b'{}')\nanimal: Animal = parse_animal({})\nother: Animal = webhooks.WEBHOOKS_POST(b'')\n"
    (tmp_path / "use.py").write_text(source)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "-p", "p", "-m", "use"]
    process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert process.returncode == 0, process.stdout


def test_the_diff_includes_webhooks_and_unions() -> None:
    dog = replace(BORN, body=json_body(ir.ModelRef("Dog")))
    rules = {change.rule for change in compare(pets(BORN), pets(replace(BORN, name="pet.lost")))}
    assert rules == {"webhook-removed", "webhook-added"}
    changed = compare(pets(BORN), pets(dog))
    assert {change.where.partition(".")[0] for change in changed} == {"models"}
    location = ir.SourceLocation("pets.yaml", "/components/schemas/Animal")
    named = pets(unions=(replace(UNION, place=location),))
    assert [change.rule for change in compare(named, pets(unions=()))] == ["model-removed"]


def test_a_union_of_one_class_is_an_alias() -> None:
    named = pets(unions=(ir.Union("Tom", ir.ModelRef("Cat"), AT, "A certain cat."),))
    files = texts(named)
    assert "Tom: TypeAlias = _models.Cat" in files["models/_tom.py"]
    assert "Alias of `Cat`." in files["models/_tom.py"]
    assert '"Tom"' in files["models/__init__.py"]
    assert "parse_tom" not in files["models/__init__.py"]
    assert "cat: _models.Cat | None" in files["models/_dog.py"]
