"""The bill of materials in CycloneDX: what `pip install xcaas` installs, in the tested versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from release.build import ROOT

__all__ = ["project_table", "write_bill"]

_PROJECT_KEYS = ("name", "description", "license", "dependencies")


def write_bill(wheel: Path, bill: Path, version: str, epoch: str) -> None:
    """Install the wheel into an empty environment and list the packages there. The bytes depend only on versions."""
    with tempfile.TemporaryDirectory() as folder:
        python = _install(wheel, Path(folder) / "environment")
        project = Path(folder) / "pyproject.toml"
        project.write_text(project_table((ROOT / "pyproject.toml").read_text("utf-8"), version), "utf-8")
        command = [str(Path(sys.executable).with_name("cyclonedx-py")), "environment", "--output-reproducible"]
        command += ["--pyproject", str(project), "--mc-type", "library", "-o", str(bill), str(python)]
        subprocess.run(command, env=os.environ | {"SOURCE_DATE_EPOCH": epoch}, check=True, timeout=120)


def project_table(pyproject: str, version: str) -> str:
    """Return the project's metadata as TOML, with the version, which pyproject.toml does not contain."""
    project = tomllib.loads(pyproject)["project"]
    lines = [f"{name} = {json.dumps(project[name])}" for name in _PROJECT_KEYS]
    return "\n".join(["[project]", *lines, f"version = {json.dumps(version)}", ""])


def _install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(wheel)], check=True, timeout=300)
    return python
