"""Rules of the comparison, each for an edit of a document."""

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
    old_document, new_document = (
        read_document(json.dumps(spec).encode(), name="pets", strict=False).document for spec in (old, new)
    )
    return compare(old_document, new_document)


def edited(*edits: Edit) -> Spec:
    spec = copy.deepcopy(base())
    for edit in edits:
        edit(spec)
    return spec


@pytest.mark.parametrize(
    ("edit", "expected", "expected_reverse"), [case[1:] for case in EDITS], ids=[case[0] for case in EDITS]
)
def test_edits_and_their_reverse_have_the_expected_rules(
    edit: Edit, expected: set[str], expected_reverse: set[str]
) -> None:
    assert rules(base(), edited(edit)) == expected
    assert rules(edited(edit), base()) == expected_reverse


def test_equal_documents_have_no_changes() -> None:
    assert changes(base(), base()) == ()


def test_descriptions_are_no_change() -> None:
    assert rules(base(), edited(put("Words.", *GET, "description"))) == set()


def test_renaming_a_path_parameter_is_a_renamed_argument() -> None:
    def rename(spec: Spec) -> None:
        spec["paths"]["/pets/{petId}"] = spec["paths"].pop("/pets/{id}")
        for method in ("get", "put"):
            spec["paths"]["/pets/{petId}"][method]["parameters"][0]["name"] = "petId"

    assert rules(base(), edited(rename)) == {"parameter-renamed"}


def test_a_new_required_field_is_reported_for_both_directions() -> None:
    def require(spec: Spec) -> None:
        spec["components"]["schemas"]["Pet"]["properties"]["size"] = {"type": "string"}
        spec["components"]["schemas"]["Pet"]["required"].append("size")

    assert rules(base(), edited(require)) == {"required-request-field-added", "response-field-added"}


def test_a_new_optional_body_is_reported() -> None:
    without = edited(drop(*PUT, "requestBody"))
    assert rules(without, edited(put(False, *PUT, "requestBody", "required"))) == {"optional-body-added"}


def test_a_new_member_of_a_discriminated_union_is_reported() -> None:
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


def test_a_renamed_model_is_removed_and_added() -> None:
    def rename(spec: Spec) -> None:
        text = json.dumps(spec).replace("schemas/House", "schemas/Home").replace('"House":', '"Home":')
        spec.clear()
        spec.update(json.loads(text))

    assert {"model-removed", "model-added"} <= rules(base(), edited(rename))


def test_a_changed_python_name_is_a_renamed_field() -> None:
    def with_name(name: str) -> ir.Document:
        pet = model("Pet", replace(field("petId"), name=name))
        return document(operation("getPet", "GET", "/pets", response(ir.ModelRef("Pet"))), models=(pet,))

    result = compare(with_name("pet_id"), with_name("id"))
    assert [(change.rule, change.where) for change in result] == [("field-renamed", "models.Pet.id")]


def test_changes_have_python_names_of_fields() -> None:
    def added(spec: Spec) -> None:
        spec["components"]["schemas"]["Pet"]["properties"]["dateOfBirth"] = {"type": "string"}

    for old, new in ((base(), edited(added)), (edited(added), base())):
        assert {change.where for change in changes(old, new)} == {"models.Pet.date_of_birth"}


def test_all_rules_are_tested() -> None:
    tested = {rule for _, _, expected, reverse in EDITS for rule in expected | reverse}
    tested_separately = {
        "parameter-renamed",
        "required-request-field-added",
        "optional-body-added",
        "response-variant-added",
        "model-removed",
        "field-renamed",
    }
    assert tested | tested_separately == RULES.keys()


def test_an_unknown_rule_raises() -> None:
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
def test_bump_follows_from_the_grades(rule: str | None, identical: bool, expected: str) -> None:
    result = [] if rule is None else [Change(rule, "pets.get", "message", AT)]
    assert bump(result, identical=identical) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("`pet_id` is `id` now", "`pet_id` is `id` now"),
        ("the query parameter sort_field was removed", "the query parameter sort_field was removed"),
        ("the value _x_ was removed", r"the value \_x\_ was removed"),
        ("GET /pets/{petId} | a > b # c", "GET /pets/{petId} | a > b # c"),
        ("<b> [a](b) * `", r"\<b> \[a](b) \* \`"),
        ("a\\`b` c", r"a\\`b` c"),
    ],
)
def test_markdown_is_escaped(message: str, expected: str) -> None:
    assert f": {expected} (operation-added)" in as_markdown([Change("operation-added", "pets", message, AT)], "minor")


def test_reports_contain_all_changes() -> None:
    result = [
        Change("operation-removed", "pets.`get`", "it is *gone*", AT),
        Change("operation-added", "pets.put", "it was added", AT),
    ]
    content = json.loads(as_json(result, "major"))
    assert (content["breaking"], content["compatible"], content["bump"]) == (1, 1, "major")
    assert [item["rule"] for item in content["changes"]] == ["operation-removed", "operation-added"]
    assert "breaking: pets.`get`: it is *gone* [operation-removed: calls to it fail]" in as_text(result, "major")
    assert as_markdown(result, "major") == (
        "### Breaking\n\n- `pets.'get'`: it is \\*gone\\* (operation-removed)\n\n"
        "### Added and changed\n\n- `pets.put`: it was added (operation-added)\n\n"
        "1 breaking, 1 compatible. Version: major."
    )
