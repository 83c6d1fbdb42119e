"""Whole runs on small documents: what is rewritten, what is left, what is refused."""

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


def suite(folder: Path, **units: str) -> BuildRequest:
    """A repository with a document per product."""
    sources: list[Source] = []
    for name, unit in units.items():
        path = folder / "specs" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SPEC.format(name=name, unit=unit))
        sources.append(Source(name, path))
    return BuildRequest(folder / "generated" / "xcaas", tuple(sources), suite=True, strict=True)


def test_house_rules_hold_where_they_are_asked_for(tmp_path: Path) -> None:
    request = suite(tmp_path, pets="cm", toys="kg")
    for source in request.sources:
        source.path.write_text(source.path.read_text().replace("type: object", "type: object\n      requierd: [size]"))
    with pytest.raises(InputError) as caught:
        go(request._replace(house_rules=True))
    slips = [str(problem) for problem in caught.value.problems if "requierd" in problem.message]
    assert [Path(problem.file).name for problem in caught.value.problems if "requierd" in problem.message] == [
        "pets.yaml",
        "toys.yaml",
    ]
    assert all("Did you mean 'required'?" in slip for slip in slips)
    assert not request.target.exists()
    assert go(request).operations == 2


def go(request: BuildRequest) -> BuildResult:
    return run(request, Progress(io.StringIO()))


def again(request: BuildRequest, **changes: bool) -> BuildResult:
    return go(BuildRequest(request.target, request.sources, request.suite, request.strict, **changes))


def times(folder: Path) -> dict[str, int]:
    return {path: (folder / path).stat().st_mtime_ns for path in lockfile.walk(folder)}


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    assert go(request).differing
    before = times(request.target)
    assert go(request) == BuildResult(1)
    assert times(request.target) == before


def test_one_field_changes_one_file(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres", two="metres")
    go(request)
    before = times(request.target)
    result = go(suite(tmp_path, one="feet", two="metres"))
    touched = {path for path, stamp in times(request.target).items() if before.get(path) != stamp}
    assert touched == {"one/models/_thing.py", "_manifest.json", "_lock.json"}
    assert result.differing == ("_manifest.json", "one/models/_thing.py")
    assert not result.changes


def test_callers_are_told_what_changed(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    go(request)
    spec = request.sources[0].path
    spec.write_text(spec.read_text().replace("size:", "weight:").replace("listThings", "findThings"))
    assert [str(change) for change in go(request).changes] == [
        "- one.models.Thing.size",
        "+ one.models.Thing.weight",
        "+ one.things.find",
        "- one.things.list",
    ]


def test_products_that_go_take_their_files_along(tmp_path: Path) -> None:
    go(suite(tmp_path, one="metres", two="metres"))
    request = suite(tmp_path, one="metres")
    result = go(request)
    assert not (request.target / "two").exists()
    assert "two/_product.py" in result.differing
    assert {item["product"] for item in json.loads((request.target / "_manifest.json").read_text())["operations"]} == {
        "one"
    }


def test_edits_by_hand_are_noticed_before_anything_is_written(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    go(request)
    (request.target / "one" / "_things.py").write_text("mine")
    (request.target / "one" / "_client.py").unlink()
    (request.target / "extra.py").write_text("mine")
    with pytest.raises(Failure) as caught:
        go(request)
    for line in ("modified: ", "missing: ", "added: ", "--force"):
        assert line in str(caught.value)
    assert (request.target / "one" / "_things.py").read_text() == "mine"
    said = io.StringIO()
    run(
        BuildRequest(request.target, request.sources, request.suite, request.strict, force=True),
        Progress(said, quiet=True),
    )
    for line in ("_things.py: overwritten", "_client.py: restored", "extra.py: kept"):
        assert line in said.getvalue()
    assert (request.target / "extra.py").read_text() == "mine"
    (request.target / "extra.py").unlink()
    assert again(request, check=True).differing == ()


def test_files_that_a_checkout_left_behind_are_not_in_the_way(tmp_path: Path) -> None:
    """`git checkout generated` brings back the lock and the files that it knows, and leaves new ones."""
    request = suite(tmp_path, one="metres")
    go(request)
    before = {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()}
    grown = suite(tmp_path, one="metres", two="metres")
    go(grown)
    after = {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()}
    for path, content in before.items():
        path.write_bytes(content)
    go(grown)
    assert {path: path.read_bytes() for path in request.target.rglob("*") if path.is_file()} == after
    for path, content in before.items():
        path.write_bytes(content)
    (request.target / "two" / "_things.py").write_text("mine")
    with pytest.raises(Failure, match=r"added: .*_things\.py\nMove edits"):
        go(grown)
    assert (request.target / "two" / "_things.py").read_text() == "mine"


def test_a_folder_of_somebody_else_is_not_taken(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    request.target.mkdir(parents=True)
    (request.target / "notes.txt").write_text("mine")
    with pytest.raises(Failure, match="differ from what the generator wrote"):
        go(request)


def test_check_tells_and_writes_nothing(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    go(request)
    changed = suite(tmp_path, one="feet")
    before = times(request.target)
    assert again(changed, check=True).differing == ("_manifest.json", "one/models/_thing.py", "_lock.json")
    assert times(request.target) == before
    go(changed)
    assert again(changed, check=True).differing == ()


def test_check_knows_a_tree_of_another_generator(tmp_path: Path) -> None:
    """The next run would write the lock anew, and dirty a clean checkout."""
    request = suite(tmp_path, one="metres")
    go(request)
    lock = lockfile.read_lockfile(request.target)
    assert lock is not None
    (request.target / lockfile.NAME).write_text(lockfile.Lockfile("another", lock.inputs, lock.files).dump())
    assert again(request, check=True).differing == ("_lock.json",)
    assert go(request).differing == ()
    assert again(request, check=True).differing == ()


def test_a_broken_document_leaves_everything_as_it_was(tmp_path: Path) -> None:
    request = suite(tmp_path, one="metres")
    go(request)
    before = times(request.target)
    request.sources[0].path.write_text("openapi: 3.1.0\ninfo: [")
    with pytest.raises(InputError, match=r"one\.yaml"):
        go(request)
    assert times(request.target) == before


def test_a_package_is_up_to_date_only_with_the_files_that_it_refers_to(tmp_path: Path) -> None:
    shared = tmp_path / "common" / "things.yaml"
    shared.parent.mkdir()
    shared.write_text("Thing: {type: object, properties: {size: {type: integer}}}\n")
    spec = tmp_path / "one.yaml"
    spec.write_text(
        SPEC.format(name="one", unit="m").replace("#/components/schemas/Thing", "common/things.yaml#/Thing")
    )
    request = BuildRequest(tmp_path / "out" / "one", (Source("one", spec),), suite=False)
    go(request)
    assert go(request) == BuildResult(1)
    shared.write_text("Thing: {type: object, properties: {size: {type: string}}}\n")
    assert [change.after for change in go(request).changes] == ["str | None = ..."]


def test_a_full_disk_leaves_the_old_tree(tmp_path: Path) -> None:
    """A limit on file sizes fails a write half-way, as a full disk does."""
    spec, target = suite(tmp_path, one="metres").sources[0].path, tmp_path / "out" / "one"
    command = ["-q", "build", str(spec), "--package", "one", "--out", str(target.parent)]
    assert main(command) == 0
    before = times(target)
    suite(tmp_path, one="feet " * 3000)
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000));"
        "from xcaas_generator.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, *command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    file = target / "models" / "_thing.py"
    assert done.stderr == f"xcaas-gen: {file}: File too large; nothing was written to {target}\n"
    assert times(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["one"]


def test_bytes_don_t_depend_on_locale_or_hash_seed(tmp_path: Path) -> None:
    request = suite(tmp_path, one="ünits", two="µm")
    (tmp_path / "pyproject.toml").touch()
    place = "x-xcaas-resource: {path: things, verb: list}"  # which the house rules want
    for source in request.sources:
        text = source.path.read_text("utf-8").replace("tags: [things]", f"tags: [things]\n      {place}")
        source.path.write_text(text, "utf-8")
    go(request)
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


def test_nothing_to_do_loads_no_library(tmp_path: Path) -> None:
    go(suite(tmp_path, one="metres"))
    (tmp_path / "pyproject.toml").touch()
    program = (
        "import sys; from xcaas_generator.cli import main; code = main(['-q', 'generate', '--root', sys.argv[1]]);"
        "print(*sys.modules); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    loaded = set(subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout.split())
    assert not {"openapi_python_client", "pydantic", "jinja2", "yaml", "ruamel", "attr", "httpx"} & loaded
    # Each module costs the run that ends at once, ours and those of the standard library alike.
    assert not {"dataclasses", "inspect", "xcaas_core"} & loaded
    assert len([name for name in loaded if name.startswith("xcaas_generator")]) <= 18
    assert len(loaded) <= 130
