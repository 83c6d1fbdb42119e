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


def build(spec: Path, *options: str) -> int:
    return main(["-q", "build", str(spec), "--package", "pets", "--out", str(spec.parent / "out"), *options])


def test_build_refuses_urls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", "https://h.example/openapi.yaml", "--package", "pets", "--out", str(tmp_path)])
    assert caught.value.code == 2
    assert "a URL is not read; download https://h.example/openapi.yaml" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_build_writes_a_package_with_a_manifest(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_one_problem_is_counted_in_the_singular(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text("[")
    assert build(spec) == 1
    assert "\n1 problem; nothing was written.\n" in capsys.readouterr().err


def test_only_parameters_without_a_type_accept_any_json(spec: Path) -> None:
    parameters: list[dict[str, object]] = [
        {"name": "any", "in": "query", "schema": {}},
        {"name": "one", "in": "query", "schema": {"type": ["string", "integer"]}},
        {"name": "many", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    ]
    changed = json.loads(json.dumps(SPEC))
    changed["paths"]["/pets"]["get"]["parameters"] = parameters
    spec.write_text(json.dumps(changed))
    assert build(spec) == 0
    source = "".join(path.read_text() for path in (spec.parent / "out" / "pets").glob("_*.py"))
    assert 'query("any", "JSONValue")' in source
    assert 'query("one")' in source
    assert 'query("many", "list[str]")' in source


def test_problems_have_file_line_and_pointer(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text('{"openapi": "3.1.0",\n "info": {}}')
    assert build(spec, "--strict") == 1
    output = capsys.readouterr().err
    assert f"{spec}:1:1: " in output
    assert "(at #" in output
    assert not (spec.parent / "out").exists()


def test_refused_operations_are_listed(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = json.loads(json.dumps(SPEC))
    broken["paths"]["/bad/{"] = {"get": {"responses": {"200": {"description": "Never."}}}}
    spec.write_text(json.dumps(broken))
    assert build(spec) == 3
    output = capsys.readouterr().err
    assert f"{spec}:1:" in output
    assert "error: GET /bad/{ was refused: " in output
    assert "1 operation, 1 refused" in output
    manifest = json.loads((spec.parent / "out" / "pets" / "_manifest.json").read_text())
    (refused,) = manifest["refused"]
    assert (refused["method"], refused["path"], refused["pointer"]) == ("GET", "/bad/{", "/paths/~1bad~1{/get")
    assert refused["reason"]
    assert build(spec) == 3, "refused operations are reported even if nothing changed"
    assert "error: GET /bad/{ was refused: " in capsys.readouterr().err
    assert build(spec, "--allow-refused") == 0
    output = capsys.readouterr().err
    assert "error: GET /bad/{ was refused: " in output
    assert "1 operation, 1 refused (see _manifest.json), up to date" in output


@pytest.mark.parametrize("name", ["class", "a-b", "../x", "", "1a", "ünï"])
def test_invalid_package_names_are_refused(spec: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", str(spec), "--package", name, "--out", str(spec.parent / "out")])
    assert caught.value.code == 2
    assert "is not a valid name for a Python package" in capsys.readouterr().err


def test_a_missing_document_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(tmp_path / "none.yaml") == 1
    assert "can't be read" in capsys.readouterr().err


def test_generate_needs_a_repository(tmp_path: Path) -> None:
    assert main(["-q", "generate", "--root", str(tmp_path)]) == 2


def test_diff_compares_files(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = spec.with_name("new.json")
    new.write_text(json.dumps(SPEC).replace("/pets", "/animals"))
    assert main(["-q", "diff", str(spec), str(spec)]) == 0
    assert capsys.readouterr().out == "Nothing changed. Version: none.\n"
    assert main(["-q", "diff", str(spec), str(new), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["bump"] == "major"
    assert main(["-q", "diff", str(spec), str(spec.with_name("none.json"))]) == 2
    spec.write_text("swagger: '2.0'")
    assert main(["-q", "diff", str(spec), str(new)]) == 2


def test_diff_compares_folders_and_revisions(
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
    for argument in ("NONE:specs", "HEAD:none", "--output=x:specs", "HEAD:../specs", "HEAD:/etc"):
        assert main(["-q", "diff", "--", argument, "specs"]) == 2, argument
    assert main(["-q", "diff", "specs/pets.json", "specs"]) == 2


def test_client_names_include_all_public_names_of_clients() -> None:
    """No resource may have a public name of the base classes."""
    public_names = {
        name for cls in (sdk.ClientBase, sdk.AsyncClientBase) for name in dir(cls) if not name.startswith("_")
    }
    assert public_names <= CLIENT_NAMES


def test_reserved_names_are_those_of_core() -> None:
    assert models.RESERVED_NAMES == RESERVED_NAMES


def test_progress_is_one_line_in_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file, quiet = Terminal(), io.StringIO(), io.StringIO()
    for stream, is_quiet in ((terminal, False), (file, False), (quiet, True)):
        progress = Progress(stream, quiet=is_quiet)
        progress.step("one\x1b[2J")
        progress.say("two")
    assert terminal.getvalue() == "\r\x1b[Kone\\x1b[2J\r\x1b[Ktwo\n"
    assert file.getvalue() == "one\\x1b[2J\ntwo\n"
    assert quiet.getvalue() == "two\n"


@pytest.mark.parametrize("name", ["billing", "cc_billing"])
def test_new_writes_a_document_that_can_be_generated(
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
def test_new_refuses_invalid_product_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "specs").mkdir()
    assert main(["-q", "new", name, "--root", str(tmp_path)]) == 2
    assert list(tmp_path.rglob("*.yaml")) == []


def test_a_full_disk_is_reported(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, suppress(OSError), open("/dev/full", "w") as full:
        patch.setattr("sys.stdout", full)
        assert main(["-q", "diff", str(spec), str(spec)]) == 1
    assert capsys.readouterr().err == "xcaas-gen: the disk is full\n"


def test_a_closed_pipe_prints_no_error(spec: Path) -> None:
    command = [sys.executable, "-m", "xcaas_generator.cli", "-q", "diff", str(spec), str(spec)]
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert (process.returncode, process.stderr) == (1, b"")
