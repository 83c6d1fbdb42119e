"""`make test-pythons`, `test-lowest`, `test-newest`: the test suite with other versions of Python and of libraries.

Each run has its own environment in .venvs/, created by uv.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from release.build import ROOT
from release.pythons import Python, candidates, newest_of_each, usable

__all__ = ["LIBRARIES", "free_constraints", "main"]

LIBRARIES = frozenset(
    {"anyio", "attrs", "httpcore", "httpcore2", "httpx", "httpx2", "python-dateutil", "types-python-dateutil"}
)
"""The dependencies whose versions vary. Others have the versions of constraints.txt."""
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
_UV = Path(sys.executable).with_name("uv")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m release.platforms", description=__doc__)
    parser.add_argument("which", choices=["pythons", *RESOLUTIONS])
    parser.add_argument("tests", nargs="*", help="arguments of pytest; the whole suite if left out")
    options, further = parser.parse_known_args()
    tests: list[str] = [*options.tests, *further]
    if options.which == "pythons":
        pythons = newest_of_each(_pythons())
        results = {python.name: _test(python.name, str(python.program), "highest", None, tests) for python in pythons}
    else:
        constraints = ROOT / ".venvs" / "constraints.txt"
        constraints.parent.mkdir(exist_ok=True)
        constraints.write_text(free_constraints((ROOT / "constraints.txt").read_text("utf-8")), "utf-8")
        resolution = RESOLUTIONS[options.which]
        results = {options.which: _test(options.which, sys.executable, resolution, constraints, tests)}
    print("\n" + "\n".join(f"{name}: {result}" for name, result in results.items()))
    return 1 if "failed" in results.values() or "passed" not in results.values() else 0


def free_constraints(text: str) -> str:
    """Remove the constraints of the libraries, so that the resolver chooses their versions."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if re.split(r"==|\s", line.lower())[0] not in LIBRARIES)


def _pythons() -> Iterator[Python]:
    home = Path.home()
    for program in candidates(os.environ.get("PATH", ""), home, os.environ.get("PYENV_ROOT")):
        if python := usable(program):
            yield python


def _test(name: str, program: str, resolution: str, constraints: Path | None, tests: list[str]) -> str:
    """Run the tests in a new environment, and return the result: passed, failed, or why they were not run."""
    print(f"\n== {name}", flush=True)
    folder = ROOT / ".venvs" / name
    python = str(folder / "bin" / "python")
    requirements = ["--resolution", resolution, "-c", str(constraints or ROOT / "constraints.txt"), "-e", ".[dev]"]
    for arguments in (
        ["venv", "-q", "--clear", "--seed", "-p", program, str(folder)],
        ["pip", "install", "-q", "--only-binary", ":all:", "--no-binary", "xcaas", "-p", python, *requirements],
    ):
        completed = subprocess.run(
            [_UV, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=900
        )
        if completed.returncode:
            print(completed.stderr, flush=True)
            return "not tested, as what the tests need cannot be installed there"
    frozen = subprocess.run([_UV, "pip", "freeze", "-q", "-p", python], capture_output=True, text=True, check=True)
    print(", ".join(line for line in frozen.stdout.split() if line.partition("==")[0] in LIBRARIES), flush=True)
    return "failed" if subprocess.run([python, "-m", "pytest", *tests], cwd=ROOT, check=False).returncode else "passed"


if __name__ == "__main__":
    raise SystemExit(main())
