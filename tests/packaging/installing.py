"""The package as users install it: the wheel, in an environment with only its requirements."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

__all__ = ["ROOT", "Environment", "environment"]

ROOT = Path(__file__).parents[2]


class Environment:
    """A virtual environment that does not see this tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.packages = next(folder.glob("lib/python*/site-packages"))

    def run(self, program: str, *arguments: str) -> str:
        """Run a Python program outside of this tree and return its output."""
        return self._run([str(self.python), "-I", "-W", "error", "-c", program, *arguments])

    def command(self, name: str, *arguments: str, code: int = 0, **variables: str) -> str:
        """Run an installed command and return its output."""
        return self._run([str(self.folder / "bin" / name), *arguments], code, **variables)

    def _run(self, command: list[str], code: int = 0, **variables: str) -> str:
        environment = {"PATH": "", **variables}
        completed = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd=self.folder, env=environment
        )
        assert completed.returncode == code, completed.stderr
        return completed.stdout or completed.stderr


def environment(folder: Path, wheel: Path, *extras: str) -> Environment:
    """Install the wheel, and link its requirements from the environment of the tests."""
    venv.create(folder, symlinks=True)
    target = Environment(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(target.python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True, timeout=60)
    for package in _required("xcaas", extras, set()):
        _link(package, target)
    return target


def _required(name: str, extras: tuple[str, ...], seen: set[str]) -> Iterator[Distribution]:
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        if requirement.name in seen:
            continue
        seen.add(requirement.name)
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            raise AssertionError(f"{name} needs {requirement.name}; run `make setup`") from None
        yield package
        yield from _required(requirement.name, tuple(requirement.extras), seen)


def _link(package: Distribution, environment_: Environment) -> None:
    for file in package.files or ():
        top = file.parts[0]
        source = Path(str(package.locate_file(top)))
        if top == "..":  # a program, such as ../../../bin/ruff
            source, target = Path(str(package.locate_file(file))).resolve(), environment_.folder / "bin" / file.name
        else:
            target = environment_.packages / top
        if top != "__pycache__" and not target.exists():
            target.symlink_to(source)
