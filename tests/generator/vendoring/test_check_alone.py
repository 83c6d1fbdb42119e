"""Checking needs next to nothing: the travelling check only Python, the command only `xcaas` itself."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import ROOT, blocks
from tests.generator.vendoring.hosts import make_python, run_in
from xcaas_generator import cli
from xcaas_generator.vendoring import _vendor_check

NOTHING_HEAVY = """
import sys
from xcaas_generator.cli import main
code = main([*sys.argv[1:]])
heavy = {"openapi_python_client", "pydantic", "jinja2", "yaml", "ruff", "httpx", "attr"} & set(sys.modules)
print("heavy:", *sorted(heavy))
sys.exit(code)
"""


def test_the_travelling_check_runs_without_site_packages(storage_copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    shutil.copytree(storage_copy, target)
    check = ["python3", "-I", "-S", str(target / "_vendor_check.py")]
    assert run_in(tmp_path, check).returncode == 0
    (target / "_core" / "sdk.py").write_text("# ours\n")
    (target / "storage" / "_jobs.py").unlink()
    (target / "storage" / "more").mkdir()
    (target / "storage" / "more" / "__init__.py").touch()
    done = run_in(tmp_path, check)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "modified: _core/sdk.py",
        "missing: storage/_jobs.py",
        "extra: storage/more/__init__.py",
    ]
    (target / "xcaas-vendor.toml").unlink()
    done = run_in(tmp_path, check)
    assert (done.returncode, done.stdout) == (2, "")
    assert "xcaas-vendor.toml" in done.stderr


def test_it_runs_as_a_module_of_the_package_too(storage_copy: Path) -> None:
    done = run_in(storage_copy.parent, ["python3", "-m", f"{storage_copy.name}._vendor_check"])
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_copies_and_checks_without_the_libraries_of_the_generator(tmp_path: Path) -> None:
    target = tmp_path / "clients"
    python = make_python(tmp_path / "python", "xcaas")
    command = [str(python), "-c", NOTHING_HEAVY, "vendor", "oauth", "--into", "clients"]
    done = run_in(tmp_path, command)
    assert (done.returncode, done.stdout) == (0, "heavy:\n"), done.stderr
    command = [*command, "--check"]
    done = run_in(tmp_path, command)
    assert (done.returncode, done.stdout) == (0, "heavy:\n"), done.stderr
    (target / "_client.py").write_text("# ours\n")
    done = run_in(tmp_path, command)
    assert (done.returncode, done.stdout) == (1, "modified: _client.py\nheavy:\n"), done.stderr


def test_the_hook_of_pre_commit_tells_of_edits(
    storage_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (shown,) = [text for text in pages_of_hooks() if "xcaas-vendor-check" in text]
    (use,) = yaml.safe_load(shown)["repos"][0]["hooks"]
    assert (use["id"], hook["language"], hook["pass_filenames"]) == (hook["id"], "python", False)
    target = tmp_path.joinpath(*use["args"])
    shutil.copytree(storage_copy, target)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    arguments: list[str] = use["args"]
    command, *arguments = [*shlex.split(hook["entry"]), *arguments]
    assert command == "xcaas-gen"
    (target / "_core" / "sdk.py").write_text("# ours\n")
    assert cli.main(arguments) == 1
    assert "modified: _core/sdk.py" in capsys.readouterr().out


def test_the_hook_that_needs_python_alone_runs_the_check_of_the_copy() -> None:
    (shown,) = [text for text in pages_of_hooks() if "repo: local" in text]
    (hook,) = yaml.safe_load(shown)["repos"][0]["hooks"]
    program, check = shlex.split(hook["entry"])
    folder, _, name = check.rpartition("/")
    assert (program, name, hook["files"]) == ("python", Path(_vendor_check.__file__).name, f"^{folder}/")
    assert hook["pass_filenames"] is False


def pages_of_hooks() -> list[str]:
    return [block.code for block in blocks(ROOT / "docs" / "vendoring.md", "yaml")]
