"""Type checkers report the wrong lines of a program that uses models, and no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PROGRAM = """\
from __future__ import annotations

import datetime as dt

from tests.support.sample.models import ObjectState, StorageObject, StorageObjectDict, StorageObjectPage, Tag, TagDict
from tests.support.zoo import Circle, Counters, Owner, Patch, Puppy

page = StorageObjectPage.from_json(b"{}")
found = StorageObject(id="a", tags=[Tag(key="k")], created_time=dt.datetime.now(dt.UTC))
size: int | None = found.stored_bytes
state: ObjectState | None = found.object_state
when: dt.datetime | None = found.created_time
names: list[str] = [item.id for item in page.content or []]
keys: list[str] = [tag.key for item in page.content or [] for tag in item.tags or []]
unknown = found.unknown_fields.get("x")
text: str = found.to_json()
same: StorageObject = found.evolve(id="b").validate()
sizes: dict[str, float] = {name: square.side for name, square in Counters().additional_properties.items()}
puppy = Puppy(kind="dog", weeks=3, tricks=["sit"])
del puppy.weeks
body: StorageObjectDict = {"id": "a", "tags": [{"key": "k"}, Tag(key="l")], "objectState": "PENDING"}
tag: TagDict = {"key": "k"}
null = Patch(name=None)
pet = Owner().pet
circles = [Circle(radius=1), Circle(radius=1, kind="circle"), Circle(radius=1, kind=None)]

StorageObject()  # wrong
StorageObject("a")  # wrong
StorageObject(id=5)  # wrong
StorageObject(id="a", colour="red")  # wrong
StorageObject(id="a", tags=["k"])  # wrong
StorageObject(id="a", unknown_fields={})  # wrong
found.colour  # wrong
found.created_time.year  # wrong
other: StorageObjectDict = {"id": 5}  # wrong
another: StorageObjectDict = {"colour": "red"}  # wrong
no_key: TagDict = {}  # wrong
bytes_of: str = found.stored_bytes  # wrong
wrong_pet: int = pet  # wrong
Circle(radius=1, kind="square")  # wrong
"""
EXPECTED = {number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# wrong")}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_mypy_reports_the_expected_lines(program: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    completed = subprocess.run(command, capture_output=True, text=True, timeout=110, cwd=ROOT)
    lines = {int(line) for line in re.findall(r"program\.py:(\d+): error:", completed.stdout)}
    assert lines == EXPECTED, completed.stdout


def test_pyright_reports_the_expected_lines(program: Path, tmp_path: Path) -> None:
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps(
            {
                "typeCheckingMode": "strict",
                "pythonVersion": "3.11",
                "extraPaths": [str(ROOT), str(ROOT / "core")],
                "reportUnusedExpression": False,
            }
        )
    )
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(tmp_path)]
    completed = subprocess.run(command, capture_output=True, text=True, timeout=110, cwd=tmp_path)
    problems = json.loads(completed.stdout)["generalDiagnostics"]
    lines = {problem["range"]["start"]["line"] + 1 for problem in problems if problem["severity"] == "error"}
    assert lines == EXPECTED, problems


def test_public_types_are_complete() -> None:
    # The checker looks for packages in the activated environment.
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "VIRTUAL_ENV": str(scripts.parent),
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "basedpyright", "--verifytypes", "xcaas_core.models", "--ignoreexternal"]
    completed = subprocess.run(command, capture_output=True, text=True, timeout=110, cwd=ROOT, env=environment)
    assert "Type completeness score: 100%" in completed.stdout, completed.stdout
