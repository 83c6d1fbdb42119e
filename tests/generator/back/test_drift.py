from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.generator.back.support import (
    TEXT,
    WHOLE,
    answer,
    document,
    enum,
    field,
    json_body,
    model,
    operation,
    path,
    query,
)
from xcaas_generator import ir
from xcaas_generator.cli import main
from xcaas_generator.drift import Difference, Ignored, drift, read_ignored
from xcaas_generator.drift_facts import Facts, facts
from xcaas_generator.failure import Failure


def flat(*operations: ir.Operation, **more: object) -> list[Facts]:
    return facts(document(*operations, **more))


def texts(ours: list[Facts], theirs: list[Facts]) -> list[str]:
    return [str(item) for item in drift({"pets": ours}, theirs)]


def test_the_same_service_in_other_words() -> None:
    """Other names of operations, schemas, path parameters and servers' variables."""
    region = ir.Variable("region", "us", ("us", "uk"))
    ours = operation(
        "getPet", "GET", "/pets/{petId}", answer(ir.ModelRef("Pet")),
        servers=(ir.Server("https://api.test/{region}", (region,)),), parameters=(path("petId"), query("age", WHOLE)),
    )  # fmt: skip
    theirs = operation(
        "pet-1", "GET", "/uk/pets/{id}", answer(ir.ModelRef("DataResponse2")),
        servers=(ir.Server("https://API.test"),), parameters=(path("id"), query("age", ir.Scalar("float"))),
    )  # fmt: skip
    fields = (field("id"), field("kind", ir.EnumRef("Kind")))
    one = flat(ours, models=(model("Pet", *fields),), enums=(enum("Kind", "cat"),))
    other = flat(theirs, models=(model("DataResponse2", field("id"), field("kind")),))
    assert texts(one, other) == []


def test_operations_on_one_side() -> None:
    ours = flat(operation("a", "GET", "/a/b/c"))
    theirs = flat(operation("b", "GET", "/x/y/z"))
    assert texts(ours, theirs) == ["pets: GET /a/b/c: only in ours", "pets.yaml: GET /x/y/z: only in the vendor's"]


def test_servers_may_differ_where_the_path_tells() -> None:
    ours = flat(operation("a", "GET", "/cc/v8/queues/{id}", servers=(ir.Server("https://one.test"),)))
    theirs = flat(operation("a", "GET", "/v8/queues/{queue}", servers=(ir.Server("https://two.test"),)))
    assert texts(ours, theirs) == []


def test_parameters_and_fields() -> None:
    home = model("Home", field("floor", WHOLE), field("old"))
    pet = model("Pet", field("home", ir.ListOf(ir.ModelRef("Home"))))
    ours = operation(
        "a", "PUT", "/a", answer(ir.ModelRef("Pet")), body=json_body(ir.ModelRef("Home")), parameters=(query("x"),)
    )
    theirs = replace(ours, parameters=(query("y"), replace(query("Z"), location="header")))
    new_home = model("Home", field("floor", TEXT), field("new"))
    found = texts(flat(ours, models=(pet, home)), flat(theirs, models=(pet, new_home)))
    assert found == [
        f"pets: PUT /a: {text}"
        for text in (
            "answer home[].floor: whole number in ours, text in the vendor's",
            "answer home[].new: only in the vendor's",
            "answer home[].old: only in ours",
            "header parameter z: only in the vendor's",
            "query parameter x: only in ours",
            "query parameter y: only in the vendor's",
            "request floor: whole number in ours, text in the vendor's",
            "request new: only in the vendor's",
            "request old: only in ours",
        )
    ]


def test_recursive_models_end() -> None:
    tree = model("Tree", field("leaves", ir.ListOf(ir.ModelRef("Tree"))), field("map", ir.MapOf(ir.ModelRef("Tree"))))
    made = flat(operation("a", "GET", "/a", answer(ir.ModelRef("Tree"))), models=(tree,))
    assert set(made[0].items) == {"answer leaves", "answer map"}


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("storage: GET /a: request x[].y: *", True),
        ("storage: *", True),
        ("GET /a", False),
        ("storage: GET /a: request *z: *", False),
    ],
)
def test_patterns(pattern: str, covered: bool) -> None:
    difference = Difference("storage", "GET /a: request x[].y: only in ours")
    assert Ignored(pattern, "because").covers(difference) is covered


def test_every_entry_needs_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "drift.toml"
    file.write_text('[[ignore]]\ndifference = "storage: *"\nreason = " "\n')
    with pytest.raises(Failure, match="entry 1"):
        read_ignored(file)
    file.write_text("[[ignore]")
    with pytest.raises(Failure, match=r"drift\.toml"):
        read_ignored(file)


SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://api.test"}],
    "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "Pets."}}}}},
}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
    entry = '[[ignore]]\ndifference = "{}"\nreason = "We leave it out."\n'
    (root / "specs" / "drift.toml").write_text(entry.format("pets: *new*") + entry.format("pets: *gone*"))
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"differences": [], "ignored": 1, "unused": ["pets: *gone*"]}
