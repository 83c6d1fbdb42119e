from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.documents import (
    TEXT,
    WHOLE,
    document,
    enum,
    field,
    json_body,
    model,
    operation,
    path,
    query,
    response,
)
from xcaas_generator import ir
from xcaas_generator.cli import main
from xcaas_generator.drift.compare import Difference, drift
from xcaas_generator.drift.facts import Facts, facts
from xcaas_generator.drift.reasons import Reason, read_reasons
from xcaas_generator.failure import Failure


def facts_of(*operations: ir.Operation, **options: object) -> list[Facts]:
    return facts(document(*operations, **options))


def texts(ours: list[Facts], theirs: list[Facts]) -> list[str]:
    return [str(item) for item in drift({"pets": ours}, theirs)]


def test_equivalent_documents_do_not_differ() -> None:
    """Names of operations, schemas, path parameters and server variables do not matter."""
    region = ir.Variable("region", "us", ("us", "uk"))
    ours = operation(
        "getPet", "GET", "/pets/{petId}", response(ir.ModelRef("Pet")),
        servers=(ir.Server("https://api.test/{region}", (region,)),), parameters=(path("petId"), query("age", WHOLE)),
    )  # fmt: skip
    theirs = operation(
        "pet-1", "GET", "/uk/pets/{id}", response(ir.ModelRef("DataResponse2")),
        servers=(ir.Server("https://API.test"),), parameters=(path("id"), query("age", ir.Scalar("float"))),
    )  # fmt: skip
    fields = (field("id"), field("kind", ir.EnumRef("Kind")))
    our_facts = facts_of(ours, models=(model("Pet", *fields),), enums=(enum("Kind", "cat"),))
    their_facts = facts_of(theirs, models=(model("DataResponse2", field("id"), field("kind")),))
    assert texts(our_facts, their_facts) == []


def test_operations_of_one_side_are_reported() -> None:
    ours = facts_of(operation("a", "GET", "/a/b/c"))
    theirs = facts_of(operation("b", "GET", "/x/y/z"))
    assert texts(ours, theirs) == ["pets: GET /a/b/c: only in ours", "pets.yaml: GET /x/y/z: only in the vendor's"]


def test_operations_with_different_servers_are_matched_by_path() -> None:
    ours = facts_of(operation("a", "GET", "/cc/v8/queues/{id}", servers=(ir.Server("https://one.test"),)))
    theirs = facts_of(operation("a", "GET", "/v8/queues/{queue}", servers=(ir.Server("https://two.test"),)))
    assert texts(ours, theirs) == []


def test_a_list_differs_from_an_object() -> None:
    pet = model("Pet", field("id"))
    ours = facts_of(operation("a", "GET", "/a", response(ir.ListOf(ir.ModelRef("Pet")))), models=(pet,))
    theirs = facts_of(operation("a", "GET", "/a", response(ir.ModelRef("Pet"))), models=(pet,))
    assert texts(ours, theirs) == ["pets: GET /a: response: list in ours, object in the vendor's"]


def test_differences_of_parameters_and_fields_are_reported() -> None:
    home = model("Home", field("floor", WHOLE), field("old"))
    pet = model("Pet", field("home", ir.ListOf(ir.ModelRef("Home"))))
    ours = operation(
        "a", "PUT", "/a", response(ir.ModelRef("Pet")), body=json_body(ir.ModelRef("Home")), parameters=(query("x"),)
    )
    theirs = replace(ours, parameters=(query("y"), replace(query("Z"), location="header")))
    new_home = model("Home", field("floor", TEXT), field("new"))
    differences = texts(facts_of(ours, models=(pet, home)), facts_of(theirs, models=(pet, new_home)))
    assert differences == [
        f"pets: PUT /a: {text}"
        for text in (
            "header parameter z: only in the vendor's",
            "query parameter x: only in ours",
            "query parameter y: only in the vendor's",
            "request floor: whole number in ours, text in the vendor's",
            "request new: only in the vendor's",
            "request old: only in ours",
            "response home[].floor: whole number in ours, text in the vendor's",
            "response home[].new: only in the vendor's",
            "response home[].old: only in ours",
        )
    ]


def test_recursive_models_terminate() -> None:
    tree = model("Tree", field("leaves", ir.ListOf(ir.ModelRef("Tree"))), field("map", ir.MapOf(ir.ModelRef("Tree"))))
    operation_facts = facts_of(operation("a", "GET", "/a", response(ir.ModelRef("Tree"))), models=(tree,))
    assert set(operation_facts[0].items) == {"response", "response leaves", "response map"}


def test_addresses_take_precedence_over_path_ends() -> None:
    """Two services with the same end of the path, in different order."""
    first = operation("a", "GET", "/keys/{id}/public", servers=(ir.Server("https://api.test/first"),))
    second = operation("b", "GET", "/second/keys/{id}/public", servers=(ir.Server("https://api.test"),))
    theirs = [
        replace(first, path="/first/keys/{key}/public", servers=(ir.Server("//api.test"),)),
        replace(second, path="/second/keys/{key}/public"),
    ]
    assert texts(facts_of(first, second), facts_of(*theirs)) == []
    assert texts(facts_of(first), facts_of(theirs[1])) == []
    unknown = replace(first, servers=(ir.Server("https://elsewhere.test"),))
    assert texts(facts_of(unknown), facts_of(*theirs))[0] == "pets: GET /keys/{id}/public: only in ours"


def test_required_parts_of_requests_are_compared() -> None:
    pet = model("Pet", field("name"), replace(field("home"), required=True))
    new = model("Pet", replace(field("name"), required=True), field("home"))
    ours = operation("a", "PUT", "/a", body=json_body(ir.ModelRef("Pet")), parameters=(query("x"),))
    theirs = replace(ours, parameters=(replace(query("x"), required=True),))
    assert texts(facts_of(ours, models=(pet,)), facts_of(theirs, models=(new,))) == [
        "pets: PUT /a: query parameter x: optional in ours, required in the vendor's",
        "pets: PUT /a: request home: required in ours, optional in the vendor's",
        "pets: PUT /a: request name: optional in ours, required in the vendor's",
    ]
    get_pet = operation("a", "GET", "/a", response(ir.ModelRef("Pet")))
    assert texts(facts_of(get_pet, models=(pet,)), facts_of(get_pet, models=(new,))) == []


def test_additional_values_of_the_vendor_are_reported() -> None:
    kinds = ir.ListOf(ir.EnumRef("Kind"))
    ours = operation("a", "GET", "/a", parameters=(query("kinds", kinds),))
    our_enum, their_enum = enum("Kind", "cat", "dog"), enum("Kind", "cat", "eel")
    assert texts(facts_of(ours, enums=(our_enum,)), facts_of(ours, enums=(their_enum,))) == [
        'pets: GET /a: query parameter kinds: value "eel" only in the vendor\'s'
    ]
    text = replace(ours, parameters=(query("kinds", ir.ListOf(ir.UnionOf((TEXT, ir.Const("cat"))))),))
    assert texts(facts_of(ours, enums=(our_enum,)), facts_of(text)) == []


def test_fields_are_compared_only_in_their_direction() -> None:
    pet = model("Pet", replace(field("id"), read_only=True), replace(field("pin"), write_only=True))
    operation_facts = operation("a", "PUT", "/a", response(ir.ModelRef("Pet")), body=json_body(ir.ModelRef("Pet")))
    assert set(facts_of(operation_facts, models=(pet,))[0].items) == {
        "response",
        "response id",
        "request",
        "request pin",
    }


def test_members_of_a_union_are_merged() -> None:
    """A field is required if all members with it require it."""
    texts_ = model("Text", replace(field("by"), required=True), replace(field("text"), required=True))
    number = model("Number", replace(field("by", WHOLE), required=True), field("text"))
    either = ir.UnionOf((ir.ModelRef("Text"), ir.ModelRef("Number")))
    operation_facts = facts_of(operation("a", "PUT", "/a", body=json_body(either)), models=(texts_, number))
    items = operation_facts[0].items
    assert (items["request by"].kind, items["request by"].required) == ("text or whole number", True)
    assert items["request text"].required is False


def test_all_media_types_of_a_response_are_compared() -> None:
    """Documents may declare `*/*` in addition to JSON, and the schema in either."""
    described = response(ir.ModelRef("Pet"))
    empty = replace(described.variants[0], media_type="text/plain", type=ir.Scalar("any"))
    ours = operation("a", "GET", "/a", replace(described, variants=(empty, *described.variants)))
    pet = model("Pet", field("id"))
    assert set(facts_of(ours, models=(pet,))[0].items) == {"response", "response id"}


@pytest.mark.parametrize(
    ("pattern", "is_covered"),
    [
        ("GET /a: request x[].y: *", True),
        ("*", True),
        ("GET /a", False),
        ("GET /a: request *z: *", False),
    ],
)
def test_patterns_match_differences(pattern: str, is_covered: bool) -> None:
    difference = Difference("storage", "GET /a: request x[].y: only in ours")
    reason = Reason("storage", (pattern, "PUT *"), "Because.", "1 Storage")
    assert reason.covers(difference) is is_covered
    assert reason.stale([difference]) == (["PUT *"] if is_covered else [pattern, "PUT *"])
    assert not replace(reason, product="chat").covers(difference)


ENTRY = """
[[explained]]
product = "{product}"
differences = [{patterns}]
reason = "{reason}"
source = "1 Pets"
"""


@pytest.mark.parametrize(
    "content",
    [
        ENTRY.format(product="pets", patterns='"*"', reason=" "),
        ENTRY.format(product="pets", patterns="", reason="We leave it out."),
        ENTRY.format(product="pets", patterns='"*", 1', reason="We leave it out."),
        ENTRY.format(product="pets", patterns='"*"', reason="We leave it out.") + "until = 2030",
        "explained = [1]",
        "explained = 1",
        "[[ignore]]",
        "[[explained]",
    ],
)
def test_incomplete_reasons_raise(tmp_path: Path, content: str) -> None:
    file = tmp_path / "drift.toml"
    file.write_text(content)
    with pytest.raises(Failure, match=r"drift\.toml"):
        read_reasons(file)


SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://api.test"}],
    "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "Pets."}}}}},
}


def test_drift_reports_unexplained_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, vendor = tmp_path / "repository", tmp_path / "vendor" / "deeper"
    (root / "specs").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "specs" / "pets.yaml").write_text(json.dumps(SPEC))
    vendor.mkdir(parents=True)
    (vendor / "fragment.yaml").write_text("a: 1")
    arguments = ["-q", "drift", str(tmp_path / "vendor"), "--root", str(root)]
    assert main(arguments) == 2
    changed = json.loads(json.dumps(SPEC).replace("listPets", "pets_1"))
    changed["paths"]["/pets"]["get"]["parameters"] = [{"name": "new", "in": "query", "schema": {"type": "string"}}]
    (vendor / "their-pets.json").write_text(json.dumps(changed))
    capsys.readouterr()
    assert main(arguments) == 1
    assert "GET /pets: query parameter new: only in the vendor's" in capsys.readouterr().out
    reasons = ENTRY.format(product="pets", patterns='"*new*", "*gone*"', reason="We leave it out.")
    (root / "specs" / "drift.toml").write_text(reasons)
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"unexplained": [], "explained": 1, "stale": ["pets: *gone*"]}
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "stale, no longer explains anything: pets: *gone*",
        "0 unexplained differences, 1 explained",
    ]
    assert main([*arguments, "--reasons", str(tmp_path / "none.toml")]) == 1
