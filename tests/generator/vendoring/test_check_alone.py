"""Checks need few dependencies: that in the copy only Python, the command only `xcaas`."""

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

REPORT_SLOW_IMPORTS = """
import sys
from xcaas_generator.cli import main
code = main([*sys.argv[1:]])
heavy = {"openapi_python_client", "pydantic", "jinja2", "yaml", "ruff", "httpx", "attr"} & set(sys.modules)
print("heavy:", *sorted(heavy))
sys.exit(code)
"""


def test_the_check_of_a_copy_runs_without_site_packages(storage_copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    shutil.copytree(storage_copy, target)
    check = ["python3", "-I", "-S", str(target / "_vendor_check.py")]
    assert run_in(tmp_path, check).returncode == 0
    (target / "_core" / "sdk.py").write_text("# ours\n")
    (target / "storage" / "_jobs.py").unlink()
    (target / "storage" / "more").mkdir()
    (target / "storage" / "more" / "__init__.py").touch()
    process = run_in(tmp_path, check)
    assert process.returncode == 1
    assert process.stdout.splitlines() == [
        "modified: _core/sdk.py",
        "missing: storage/_jobs.py",
        "extra: storage/more/__init__.py",
    ]
    (target / "xcaas-vendor.toml").unlink()
    process = run_in(tmp_path, check)
    assert (process.returncode, process.stdout) == (2, "")
    assert "xcaas-vendor.toml" in process.stderr


def test_the_check_runs_as_a_module_of_the_copy(storage_copy: Path) -> None:
    process = run_in(storage_copy.parent, ["python3", "-m", f"{storage_copy.name}._vendor_check"])
    assert (process.returncode, process.stderr) == (0, "")


def test_vendor_runs_without_the_libraries_of_the_generator(tmp_path: Path) -> None:
    target = tmp_path / "clients"
    python = make_python(tmp_path / "python", "xcaas")
    command = [str(python), "-c", REPORT_SLOW_IMPORTS, "vendor", "oauth", "--into", "clients"]
    process = run_in(tmp_path, command)
    assert (process.returncode, process.stdout) == (0, "heavy:\n"), process.stderr
    command = [*command, "--check"]
    process = run_in(tmp_path, command)
    assert (process.returncode, process.stdout) == (0, "heavy:\n"), process.stderr
    (target / "_client.py").write_text("# ours\n")
    process = run_in(tmp_path, command)
    assert (process.returncode, process.stdout) == (1, "modified: _client.py\nheavy:\n"), process.stderr


def test_the_pre_commit_hook_reports_edits(
    storage_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (example,) = [text for text in yaml_blocks() if "xcaas-vendor-check" in text]
    (usage,) = yaml.safe_load(example)["repos"][0]["hooks"]
    assert (usage["id"], hook["language"], hook["pass_filenames"]) == (hook["id"], "python", False)
    target = tmp_path.joinpath(*usage["args"])
    shutil.copytree(storage_copy, target)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    arguments: list[str] = usage["args"]
    command, *arguments = [*shlex.split(hook["entry"]), *arguments]
    assert command == "xcaas-gen"
    (target / "_core" / "sdk.py").write_text("# ours\n")
    assert cli.main(arguments) == 1
    assert "modified: _core/sdk.py" in capsys.readouterr().out


def test_the_local_hook_runs_the_check_of_the_copy() -> None:
    (example,) = [text for text in yaml_blocks() if "repo: local" in text]
    (hook,) = yaml.safe_load(example)["repos"][0]["hooks"]
    program, check = shlex.split(hook["entry"])
    folder, _, name = check.rpartition("/")
    assert (program, name, hook["files"]) == ("python", Path(_vendor_check.__file__).name, f"^{folder}/")
    assert hook["pass_filenames"] is False


def yaml_blocks() -> list[str]:
    return [block.code for block in blocks(ROOT / "docs" / "vendoring.md", "yaml")]
