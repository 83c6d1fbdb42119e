from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from xcaas_core import models, sdk
from xcaas_generator.cli import main
from xcaas_generator.lint.rules import lint
from xcaas_generator.plan.models import RESERVED_NAMES
from xcaas_generator.plan.package import CLIENT_NAMES
from xcaas_generator.progress import Progress

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://api.test"}],
    "paths": {
        "/pets": {
            "get": {"operationId": "listPets", "tags": ["pets"], "responses": {"200": {"description": "Pets."}}},
        }
    },
}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(SPEC))
    return path


def build(spec: Path, *more: str) -> int:
    return main(["-q", "build", str(spec), "--package", "pets", "--out", str(spec.parent / "out"), *more])


def test_a_document_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", "https://h.example/openapi.yaml", "--package", "pets", "--out", str(tmp_path)])
    assert caught.value.code == 2
    assert "a URL is not read; download https://h.example/openapi.yaml" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_package_is_built(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(spec) == 0
    assert "1 operation, " in capsys.readouterr().err
    manifest = json.loads((spec.parent / "out" / "pets" / "_manifest.json").read_text())
    assert manifest["generator"].startswith("xcaas-gen ")
    assert manifest["operations"] == [
        {
            "product": "pets",
            "operation_id": "listPets",
            "method": "GET",
            "path": "/pets",
            "server": "https://api.test",
            "call": "pets.list",
            "security": [],
            "pagination": None,
            "poller": None,
            "slices": None,
            "deprecated": False,
        }
    ]
    assert build(spec) == 0
    assert "up to date" in capsys.readouterr().err


def test_one_problem_is_one(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text("[")
    assert build(spec) == 1
    assert "\n1 problem; nothing was written.\n" in capsys.readouterr().err


def test_only_parameters_that_may_be_anything_take_anything(spec: Path) -> None:
    parameters: list[dict[str, object]] = [
        {"name": "any", "in": "query", "schema": {}},
        {"name": "one", "in": "query", "schema": {"type": ["string", "integer"]}},
        {"name": "many", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    ]
    changed = json.loads(json.dumps(SPEC))
    changed["paths"]["/pets"]["get"]["parameters"] = parameters
    spec.write_text(json.dumps(changed))
    assert build(spec) == 0
    made = "".join(path.read_text() for path in (spec.parent / "out" / "pets").glob("_*.py"))
    assert 'query("any", "JSONValue")' in made
    assert 'query("one")' in made
    assert 'query("many", "list[str]")' in made


def test_problems_name_file_line_and_pointer(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text('{"openapi": "3.1.0",\n "info": {}}')
    assert build(spec, "--strict") == 1
    shown = capsys.readouterr().err
    assert f"{spec}:1:1: " in shown
    assert "(at #" in shown
    assert not (spec.parent / "out").exists()


def test_refused_operations_are_listed(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = json.loads(json.dumps(SPEC))
    broken["paths"]["/bad/{"] = {"get": {"responses": {"200": {"description": "Never."}}}}
    spec.write_text(json.dumps(broken))
    assert build(spec) == 3
    shown = capsys.readouterr().err
    assert f"{spec}:1:" in shown
    assert "error: GET /bad/{ was refused: " in shown
    assert "1 operation, 1 refused" in shown
    manifest = json.loads((spec.parent / "out" / "pets" / "_manifest.json").read_text())
    (refused,) = manifest["refused"]
    assert (refused["method"], refused["path"], refused["pointer"]) == ("GET", "/bad/{", "/paths/~1bad~1{/get")
    assert refused["reason"]
    assert build(spec) == 3, "nothing changed, and yet it is told again"
    assert "error: GET /bad/{ was refused: " in capsys.readouterr().err
    assert build(spec, "--allow-refused") == 0
    shown = capsys.readouterr().err
    assert "error: GET /bad/{ was refused: " in shown
    assert "1 operation, 1 refused (see _manifest.json), up to date" in shown


@pytest.mark.parametrize("name", ["class", "a-b", "../x", "", "1a", "ünï"])
def test_a_package_has_a_python_name(spec: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", str(spec), "--package", name, "--out", str(spec.parent / "out")])
    assert caught.value.code == 2
    assert "is not a valid name for a Python package" in capsys.readouterr().err


def test_a_missing_file_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(tmp_path / "none.yaml") == 1
    assert "can't be read" in capsys.readouterr().err


def test_generate_needs_a_repository(tmp_path: Path) -> None:
    assert main(["-q", "generate", "--root", str(tmp_path)]) == 2


def test_diff_of_files(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = spec.with_name("new.json")
    new.write_text(json.dumps(SPEC).replace("/pets", "/animals"))
    assert main(["-q", "diff", str(spec), str(spec)]) == 0
    assert capsys.readouterr().out == "Nothing changed. Version: none.\n"
    assert main(["-q", "diff", str(spec), str(new), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["bump"] == "major"
    assert main(["-q", "diff", str(spec), str(spec.with_name("none.json"))]) == 2
    spec.write_text("swagger: '2.0'")
    assert main(["-q", "diff", str(spec), str(new)]) == 2


def test_diff_of_folders_and_revisions(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = spec.parent / "specs"
    folder.mkdir()
    spec.rename(folder / "pets.json")
    for command in (
        ["init", "-q"],
        ["add", "specs"],
        ["-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "One"],
    ):
        subprocess.run(["git", *command], cwd=spec.parent, check=True, timeout=30)
    (folder / "more.json").write_text(json.dumps(SPEC))
    monkeypatch.chdir(spec.parent)
    assert main(["-q", "diff", "HEAD:specs", "specs", "--format", "markdown"]) == 0
    assert "- `more.pets.list`: GET /pets was added (operation-added)" in capsys.readouterr().out
    assert main(["-q", "diff", "specs", "HEAD:specs"]) == 1
    assert main(["-q", "diff", "HEAD:specs/pets.json", "specs/pets.json"]) == 0
    for wrong in ("NONE:specs", "HEAD:none", "--output=x:specs", "HEAD:../specs", "HEAD:/etc"):
        assert main(["-q", "diff", "--", wrong, "specs"]) == 2, wrong
    assert main(["-q", "diff", "specs/pets.json", "specs"]) == 2


def test_names_of_clients_are_kept_free() -> None:
    """What the base classes offer is what no resource may be called."""
    offered = {name for cls in (sdk.ClientBase, sdk.AsyncClientBase) for name in dir(cls) if not name.startswith("_")}
    assert offered <= CLIENT_NAMES


def test_names_of_models_are_kept_free() -> None:
    assert models.RESERVED_NAMES == RESERVED_NAMES


def test_progress_is_one_line_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    live, plain, quiet = Terminal(), io.StringIO(), io.StringIO()
    for stream, silent in ((live, False), (plain, False), (quiet, True)):
        progress = Progress(stream, quiet=silent)
        progress.step("one\x1b[2J")
        progress.say("two")
    assert live.getvalue() == "\r\x1b[Kone\\x1b[2J\r\x1b[Ktwo\n"
    assert plain.getvalue() == "one\\x1b[2J\ntwo\n"
    assert quiet.getvalue() == "two\n"


@pytest.mark.parametrize("name", ["billing", "cc_billing"])
def test_a_new_product_begins_with_a_document_that_can_be_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "pyproject.toml").touch()
    shutil.copytree(Path("specs", "common"), tmp_path / "specs" / "common")
    assert main(["new", name, "--root", str(tmp_path)]) == 0
    spec = tmp_path / "specs" / f"{name}.yaml"
    assert f"Wrote {spec}" in capsys.readouterr().err
    assert lint(spec) == ()
    assert main(["-q", "generate", "--root", str(tmp_path)]) == 0
    text = spec.read_text("utf-8")
    assert main(["-q", "new", name, "--root", str(tmp_path)]) == 2
    assert "already exists" in capsys.readouterr().err
    assert spec.read_text("utf-8") == text


@pytest.mark.parametrize("name", ["Billing", "class", "../billing", "a-b", ""])
def test_a_name_that_no_product_can_have_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "specs").mkdir()
    assert main(["-q", "new", name, "--root", str(tmp_path)]) == 2
    assert list(tmp_path.rglob("*.yaml")) == []


def test_a_disk_that_takes_no_result(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, suppress(OSError), open("/dev/full", "w") as full:
        patch.setattr("sys.stdout", full)
        assert main(["-q", "diff", str(spec), str(spec)]) == 1
    assert capsys.readouterr().err == "xcaas-gen: the disk is full\n"


def test_whoever_reads_the_result_may_leave(spec: Path) -> None:
    command = [sys.executable, "-m", "xcaas_generator.cli", "-q", "diff", str(spec), str(spec)]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
