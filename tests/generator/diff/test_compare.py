"""Each rule of the comparison, seen from an edit of a document."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from tests.support.documents import AT, document, field, model, operation, response
from tests.support.edits import EDITS, GET, PUT, Edit, Spec, base, drop, put
from xcaas_generator import ir
from xcaas_generator.diff.compare import compare
from xcaas_generator.diff.report import as_json, as_markdown, as_text
from xcaas_generator.diff.rules import RULES, Change, Changes, bump
from xcaas_generator.read import read_document


def rules(old: Spec, new: Spec) -> set[str]:
    return {change.rule for change in changes(old, new)}


def changes(old: Spec, new: Spec) -> tuple[Change, ...]:
    one, other = (read_document(json.dumps(spec).encode(), name="pets", strict=False).document for spec in (old, new))
    return compare(one, other)


def edited(*edits: Edit) -> Spec:
    spec = copy.deepcopy(base())
    for edit in edits:
        edit(spec)
    return spec


@pytest.mark.parametrize(("edit", "forth", "back"), [case[1:] for case in EDITS], ids=[case[0] for case in EDITS])
def test_an_edit_and_its_reverse(edit: Edit, forth: set[str], back: set[str]) -> None:
    assert rules(base(), edited(edit)) == forth
    assert rules(edited(edit), base()) == back


def test_nothing_changed() -> None:
    assert changes(base(), base()) == ()


def test_descriptions_are_no_change() -> None:
    assert rules(base(), edited(put("Words.", *GET, "description"))) == set()


def test_a_path_parameter_may_have_another_name() -> None:
    def rename(spec: Spec) -> None:
        spec["paths"]["/pets/{petId}"] = spec["paths"].pop("/pets/{id}")
        for method in ("get", "put"):
            spec["paths"]["/pets/{petId}"][method]["parameters"][0]["name"] = "petId"

    assert rules(base(), edited(rename)) == {"parameter-renamed"}


def test_a_required_field_in_a_request() -> None:
    def require(spec: Spec) -> None:
        spec["components"]["schemas"]["Pet"]["properties"]["size"] = {"type": "string"}
        spec["components"]["schemas"]["Pet"]["required"].append("size")

    assert rules(base(), edited(require)) == {"required-request-field-added", "response-field-added"}


def test_an_optional_body() -> None:
    without = edited(drop(*PUT, "requestBody"))
    assert rules(without, edited(put(False, *PUT, "requestBody", "required"))) == {"optional-body-added"}


def test_a_variant_of_a_tagged_union() -> None:
    def farm(spec: Spec) -> None:
        schemas = spec["components"]["schemas"]
        schemas["Farm"] = {
            "type": "object",
            "required": ["t"],
            "properties": {"t": {"type": "string", "const": "farm"}},
        }
        home = schemas["Pet"]["properties"]["home"]
        home["oneOf"].append({"$ref": "#/components/schemas/Farm"})
        home["discriminator"]["mapping"]["farm"] = "#/components/schemas/Farm"

    assert rules(base(), edited(farm)) == {"response-variant-added", "request-type-widened", "model-added"}


def test_a_model_with_another_name() -> None:
    def rename(spec: Spec) -> None:
        text = json.dumps(spec).replace("schemas/House", "schemas/Home").replace('"House":', '"Home":')
        spec.clear()
        spec.update(json.loads(text))

    assert {"model-removed", "model-added"} <= rules(base(), edited(rename))


def test_a_field_whose_python_name_changes() -> None:
    def with_name(name: str) -> ir.Document:
        pet = model("Pet", replace(field("petId"), name=name))
        return document(operation("getPet", "GET", "/pets", response(ir.ModelRef("Pet"))), models=(pet,))

    found = compare(with_name("pet_id"), with_name("id"))
    assert [(change.rule, change.where) for change in found] == [("field-renamed", "models.Pet.id")]


def test_changes_name_fields_as_programs_do() -> None:
    def added(spec: Spec) -> None:
        spec["components"]["schemas"]["Pet"]["properties"]["dateOfBirth"] = {"type": "string"}

    for old, new in ((base(), edited(added)), (edited(added), base())):
        assert {change.where for change in changes(old, new)} == {"models.Pet.date_of_birth"}


def test_every_rule_can_be_met() -> None:
    met = {rule for _, _, forth, back in EDITS for rule in forth | back}
    elsewhere = {
        "parameter-renamed",
        "required-request-field-added",
        "optional-body-added",
        "response-variant-added",
        "model-removed",
        "field-renamed",
    }
    assert met | elsewhere == RULES.keys()


def test_an_unknown_rule_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Changes().add("no-such-rule", "here", "message", AT)


@pytest.mark.parametrize(
    ("rule", "identical", "expected"),
    [
        ("operation-removed", False, "major"),
        ("operation-added", False, "minor"),
        (None, False, "patch"),
        (None, True, "none"),
    ],
)
def test_the_version_follows(rule: str | None, identical: bool, expected: str) -> None:
    found = [] if rule is None else [Change(rule, "pets.get", "message", AT)]
    assert bump(found, identical=identical) == expected


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("`pet_id` is `id` now", "`pet_id` is `id` now"),
        ("the query parameter sort_field was removed", "the query parameter sort_field was removed"),
        ("the value _x_ was removed", r"the value \_x\_ was removed"),
        ("GET /pets/{petId} | a > b # c", "GET /pets/{petId} | a > b # c"),
        ("<b> [a](b) * `", r"\<b> \[a](b) \* \`"),
        ("a\\`b` c", r"a\\`b` c"),
    ],
)
def test_markdown_escapes_what_would_be_markup(message: str, shown: str) -> None:
    assert f": {shown} (operation-added)" in as_markdown([Change("operation-added", "pets", message, AT)], "minor")


def test_reports_say_the_same() -> None:
    found = [
        Change("operation-removed", "pets.`get`", "it is *gone*", AT),
        Change("operation-added", "pets.put", "it was added", AT),
    ]
    content = json.loads(as_json(found, "major"))
    assert (content["breaking"], content["compatible"], content["bump"]) == (1, 1, "major")
    assert [item["rule"] for item in content["changes"]] == ["operation-removed", "operation-added"]
    assert "breaking: pets.`get`: it is *gone* [operation-removed: calls to it fail]" in as_text(found, "major")
    assert as_markdown(found, "major") == (
        "### Breaking\n\n- `pets.'get'`: it is \\*gone\\* (operation-removed)\n\n"
        "### Added and changed\n\n- `pets.put`: it was added (operation-added)\n\n"
        "1 breaking, 1 compatible. Version: major."
    )
