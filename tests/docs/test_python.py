"""Programs in the README and in docs/ do what they say: they run, and type checkers have nothing against them."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import xcaas
from tests.docs.pages import PAGES, ROOT, blocks, page_id
from xcaas.testing import FakeServer
from xcaas_generator.generate.pipeline import run
from xcaas_generator.generate.request import BuildRequest, Source
from xcaas_generator.progress import Progress

WITH_PYTHON = [page for page in [*PAGES, ROOT / "website" / "index.md"] if blocks(page, "python")]

# Where a program makes a client, it gets a fake network, unless it says itself where its calls go.
_MAKES_CLIENT = re.compile(r"(?<!httpx\.)\b((?:Async)?(?:XCaaS|Client)(?:\.from_env)?\()(?!.*(?:http_client|sandbox))")

PRELUDE = """\
from __future__ import annotations
from xcaas import XCaaS as _XCaaS
{}
client = _XCaaS()
"""


@pytest.fixture(scope="module")
def petstore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package that docs/generator.md builds."""
    folder = tmp_path_factory.mktemp("built")
    source = Source("petstore", ROOT / "examples" / "petstore.yaml")
    run(BuildRequest(folder / "petstore", (source,), suite=False), Progress(io.StringIO()))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def logger() -> Iterator[None]:
    """Leave the logger as it was: a page shows how to set its level."""
    level = logging.getLogger("xcaas").level
    yield
    logging.getLogger("xcaas").setLevel(level)


@pytest.mark.usefixtures("petstore", "logger")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=page_id)
def test_programs_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recordings").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "API_KEY"):
        monkeypatch.setenv(f"XCAAS_{name}", "demo")
    network = FakeServer()
    with xcaas.XCaaS(http_client=network, credentials=xcaas.ClientCredentials("id", "secret")) as client:
        # One page is one program: later blocks use what earlier ones made.
        scope: dict[str, object] = {"client": client, "xcaas": xcaas, "network": network}
        for block in blocks(page, "python"):
            if block.reason is None:
                code = _MAKES_CLIENT.sub(r"\1http_client=network, ", block.code)
                # Empty lines in front, so that tracebacks name the line of the page.
                exec(compile("\n" * (block.line - 1) + code, page, "exec"), scope)  # noqa: S102 - our own pages


def test_programs_are_typed(petstore: Path, tmp_path: Path) -> None:
    for page in WITH_PYTHON:
        code = "".join(block.code for block in blocks(page, "python"))
        imports = "" if "import xcaas\n" in code else "import xcaas\n"
        name = page.stem.replace("-", "_")
        (tmp_path / f"page_{name}.py").write_text(PRELUDE.format(imports) + code, "utf-8")
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / name) for name in ("generated", "core", "generator", "sandbox", "data", "typings")]
        + [str(petstore)],
        "stubPath": str(ROOT / "typings"),
        # Pages show expressions for their value, and not all of them need the import that is put in front.
        "reportUnusedExpression": False,
        "reportUnusedImport": False,
        # Engines have stubs in typings/, and are not installed everywhere.
        "reportMissingModuleSource": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--pythonpath",
        sys.executable,
        "--outputjson",
        "-p",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, cwd=tmp_path)
    found = json.loads(done.stdout)
    problems = [
        f"{item['file']}:{item['range']['start']['line'] + 1}: {item['message']}"
        for item in found["generalDiagnostics"]
        if item["severity"] == "error"
    ]
    assert not problems, "\n".join(problems)
    assert found["summary"]["filesAnalyzed"] == len(WITH_PYTHON)


def test_there_are_programs() -> None:
    assert len(WITH_PYTHON) >= 6
