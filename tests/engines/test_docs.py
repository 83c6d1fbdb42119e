"""The programs of docs/engines.md run. Those of a section form one program, run in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks
from tests.engines.conftest import TIMEOUT
from tests.engines.fleet import ENGINE_ENVIRONMENT
from tests.products.support import JANUARY
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

PAGE = ROOT / "docs" / "engines.md"


def programs() -> dict[str, str]:
    """Return the programs by section."""
    lines = PAGE.read_text("utf-8").splitlines()
    by_section: dict[str, str] = {}
    shared = "import xcaas\n"
    for block in blocks(PAGE, "python"):
        if block.reason is None:
            shared += block.code
        elif block.reason == "make test-engines runs it":
            section = [line.removeprefix("## ") for line in lines[: block.line] if line.startswith("## ")][-1]
            by_section[section] = by_section.get(section, shared) + block.code
    return by_section


@pytest.mark.parametrize("section", programs())
def test_programs_run(section: str, tmp_path: Path) -> None:
    with Sandbox(until=JANUARY) as sandbox:
        completed = subprocess.run(
            [sys.executable, "-c", programs()[section]],
            cwd=tmp_path,
            env={**os.environ, **environment(sandbox.base_url), **ENGINE_ENVIRONMENT, "DLT_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    assert completed.returncode == 0, completed.stderr[-4000:]


def test_each_engine_has_a_program() -> None:
    modules = {path.stem for path in (ROOT / "data" / "xcaas_data" / "engines").glob("[a-z]*.py")}
    assert modules
    assert all(f"xcaas_data.engines.{name} import" in "".join(programs().values()) for name in modules)
