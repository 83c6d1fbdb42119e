"""Complete runs on small documents: what is written, kept and refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xcaas_generator.cli import main
from xcaas_generator.failure import Failure
from xcaas_generator.generate.pipeline import run
from xcaas_generator.generate.request import BuildRequest, BuildResult, Source
from xcaas_generator.package import lockfile
from xcaas_generator.problems import InputError
from xcaas_generator.progress import Progress

SPEC = """\
openapi: 3.1.0
info: {{title: {name}, version: '1'}}
x-xcaas-product: {{name: {name}, console_name: null}}
servers: [{{url: 'https://api.test'}}]
tags: [{{name: things, description: Things.}}]
paths:
  /things:
    get:
      operationId: listThings
      tags: [things]
      summary: List things
      description: All of them at once.
      responses:
        '200':
          description: The things.
          content:
            application/json: {{schema: {{type: array, items: {{$ref: '#/components/schemas/Thing'}}}}}}
components:
  schemas:
    Thing:
      type: object
      description: A thing.
      properties:
        size: {{type: integer, description: Size in {unit}.}}
"""


def suite_request(folder: Path, **units: str) -> BuildRequest:
    """Return the request for a repository with a document per product."""
    sources: list[Source] = []
    for name, unit in units.items():
        path = folder / "specs" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SPEC.format(name=name, unit=unit))
        sources.append(Source(name, path))
    return BuildRequest(folder / "generated" / "xcaas", tuple(sources), suite=True, strict=True)


def test_house_rules_are_checked_only_on_request(tmp_path: Path) -> None:
    request = suite_request(tmp_path, pets="cm", toys="kg")
    for source in request.sources:
        source.path.write_text(source.path.read_text().replace("type: object", "type: object\n      requierd: [size]"))
    with pytest.raises(InputError) as caught:
        run_quietly(request._replace(house_rules=True))
    messages = [str(problem) for problem in caught.value.problems if "requierd" in problem.message]
    assert [Path(problem.file).name for problem in caught.value.problems if "requierd" in problem.message] == [
        "pets.yaml",
        "toys.yaml",
    ]
    assert all("Did you mean 'required'?" in message for message in messages)
    assert not request.target.exists()
    assert run_quietly(request).operations == 2


def run_quietly(request: BuildRequest) -> BuildResult:
    return run(request, Progress(io.StringIO()))


def run_again(request: BuildRequest, **changes: bool) -> BuildResult:
    return run_quietly(BuildRequest(request.target, request.sources, request.suite, request.strict, **changes))


def modification_times(folder: Path) -> dict[str, int]:
    return {path: (folder / path).stat().st_mtime_ns for path in lockfile.walk(folder)}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    assert run_quietly(request).differing
    before = modification_times(request.target)
    assert run_quietly(request) == BuildResult(1)
    assert modification_times(request.target) == before


def test_a_changed_field_changes_one_file(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres", two="metres")
    run_quietly(request)
    before = modification_times(request.target)
    result = run_quietly(suite_request(tmp_path, one="feet", two="metres"))
    touched = {path for path, stamp in modification_times(request.target).items() if before.get(path) != stamp}
    assert touched == {"one/models/_thing.py", "_manifest.json", "_lock.json"}
    assert result.differing == ("_manifest.json", "one/models/_thing.py")
    assert not result.changes


def test_changes_of_the_public_api_are_reported(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    spec = request.sources[0].path
    spec.write_text(spec.read_text().replace("size:", "weight:").replace("listThings", "findThings"))
    assert [str(change) for change in run_quietly(request).changes] == [
        "- one.models.Thing.size",
        "+ one.models.Thing.weight",
        "+ one.things.find",
        "- one.things.list",
    ]


def test_files_of_removed_products_are_removed(tmp_path: Path) -> None:
    run_quietly(suite_request(tmp_path, one="metres", two="metres"))
    request = suite_request(tmp_path, one="metres")
    result = run_quietly(request)
    assert not (request.target / "two").exists()
    assert "two/_product.py" in result.differing
    assert {item["product"] for item in json.loads((request.target / "_manifest.json").read_text())["operations"]} == {
        "one"
    }


def test_edited_files_are_refused_without_force(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    (request.target / "one" / "_things.py").write_text("mine")
    (request.target / "one" / "_client.py").unlink()
    (request.target / "extra.py").write_text("mine")
    with pytest.raises(Failure) as caught:
        run_quietly(request)
    for line in ("modified: ", "missing: ", "added: ", "--force"):
        assert line in str(caught.value)
    assert (request.target / "one" / "_things.py").read_text() == "mine"
    output = io.StringIO()
    run(
        BuildRequest(request.target, request.sources, request.suite, request.strict, force=True),
        Progress(output, quiet=True),
    )
    for line in ("_things.py: overwritten", "_client.py: restored", "extra.py: kept"):
        assert line in output.getvalue()
    assert (request.target / "extra.py").read_text() == "mine"
    (request.target / "extra.py").unlink()
    assert run_again(request, check=True).differing == ()


def test_files_that_a_checkout_left_behind_are_accepted(tmp_path: Path) -> None:
    """`git checkout generated` restores the lockfile and the files in it, and leaves new ones."""
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    before = {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()}
    extended = suite_request(tmp_path, one="metres", two="metres")
    run_quietly(extended)
    after = {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()}
    for path, content in before.items():
        path.write_bytes(content)
    run_quietly(extended)
    assert {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()} == after
    for path, content in before.items():
        path.write_bytes(content)
    (request.target / "two" / "_things.py").write_text("mine")
    with pytest.raises(Failure, match=r"added: .*_things\.py\nMove edits"):
        run_quietly(extended)
    assert (request.target / "two" / "_things.py").read_text() == "mine"


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    request.target.mkdir(parents=True)
    (request.target / "notes.txt").write_text("mine")
    with pytest.raises(Failure, match="differ from what the generator wrote"):
        run_quietly(request)


def test_check_reports_differences_and_writes_nothing(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    changed = suite_request(tmp_path, one="feet")
    before = modification_times(request.target)
    assert run_again(changed, check=True).differing == ("_manifest.json", "one/models/_thing.py", "_lock.json")
    assert modification_times(request.target) == before
    run_quietly(changed)
    assert run_again(changed, check=True).differing == ()


def test_check_reports_a_tree_of_another_generator(tmp_path: Path) -> None:
    """The next run would rewrite the lockfile, and change a clean checkout."""
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    lock = lockfile.read_lockfile(request.target)
    assert lock is not None
    (request.target / lockfile.NAME).write_text(lockfile.Lockfile("another", lock.inputs, lock.files).dump())
    assert run_again(request, check=True).differing == ("_lock.json",)
    assert run_quietly(request).differing == ()
    assert run_again(request, check=True).differing == ()


def test_a_broken_document_changes_nothing(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="metres")
    run_quietly(request)
    before = modification_times(request.target)
    request.sources[0].path.write_text("openapi: 3.1.0\ninfo: [")
    with pytest.raises(InputError, match=r"one\.yaml"):
        run_quietly(request)
    assert modification_times(request.target) == before


def test_changes_of_referenced_files_are_noticed(tmp_path: Path) -> None:
    shared = tmp_path / "common" / "things.yaml"
    shared.parent.mkdir()
    shared.write_text("Thing: {type: object, properties: {size: {type: integer}}}\n")
    spec = tmp_path / "one.yaml"
    spec.write_text(
        SPEC.format(name="one", unit="m").replace("#/components/schemas/Thing", "common/things.yaml#/Thing")
    )
    request = BuildRequest(tmp_path / "out" / "one", (Source("one", spec),), suite=False)
    run_quietly(request)
    assert run_quietly(request) == BuildResult(1)
    shared.write_text("Thing: {type: object, properties: {size: {type: string}}}\n")
    assert [change.after for change in run_quietly(request).changes] == ["str | None = ..."]


def test_a_full_disk_keeps_the_old_tree(tmp_path: Path) -> None:
    """A limit on file sizes interrupts a write, like a full disk."""
    spec, target = suite_request(tmp_path, one="metres").sources[0].path, tmp_path / "out" / "one"
    command = ["-q", "build", str(spec), "--package", "one", "--out", str(target.parent)]
    assert main(command) == 0
    before = modification_times(target)
    suite_request(tmp_path, one="feet " * 3000)
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000));"
        "from xcaas_generator.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    process = subprocess.run(
        [sys.executable, "-B", "-c", program, *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 1
    file = target / "models" / "_thing.py"
    assert process.stderr == f"xcaas-gen: {file}: File too large; nothing was written to {target}\n"
    assert modification_times(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["one"]


def test_output_does_not_depend_on_locale_or_hash_seed(tmp_path: Path) -> None:
    request = suite_request(tmp_path, one="ünits", two="µm")
    (tmp_path / "pyproject.toml").touch()
    resource_key = "x-xcaas-resource: {path: things, verb: list}"  # required by house rules
    for source in request.sources:
        text = source.path.read_text("utf-8").replace("tags: [things]", f"tags: [things]\n      {resource_key}")
        source.path.write_text(text, "utf-8")
    run_quietly(request)
    first = lockfile.digests(request.target)
    for environment in (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"},
    ):
        subprocess.run(
            [sys.executable, "-m", "xcaas_generator.cli", "-q", "generate", "--force", "--root", str(tmp_path)],
            env={**os.environ, **environment},
            check=True,
            timeout=60,
            capture_output=True,
        )
        assert lockfile.digests(request.target) == first


def test_a_run_without_work_imports_no_libraries(tmp_path: Path) -> None:
    run_quietly(suite_request(tmp_path, one="metres"))
    (tmp_path / "pyproject.toml").touch()
    program = (
        "import sys; from xcaas_generator.cli import main; code = main(['-q', 'generate', '--root', sys.argv[1]]);"
        "print(*sys.modules); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    loaded = set(subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout.split())
    assert not {"openapi_python_client", "pydantic", "jinja2", "yaml", "ruamel", "attr", "httpx"} & loaded
    # Every import slows down a run without work, including those of the standard library.
    assert not {"dataclasses", "inspect", "xcaas_core"} & loaded
    assert len([name for name in loaded if name.startswith("xcaas_generator")]) <= 18
    assert len(loaded) <= 130
