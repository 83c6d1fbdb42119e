"""Programs in the README and in docs/ run and pass type checking."""

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

# Clients that programs create get a fake server, unless the program passes a transport or a sandbox.
_MAKES_CLIENT = re.compile(r"(?<!httpx\.)\b((?:Async)?(?:XCaaS|Client)(?:\.from_env)?\()(?!.*(?:http_client|sandbox))")

PRELUDE = """\
from __future__ import annotations
from xcaas import XCaaS as _XCaaS
{}
client = _XCaaS()
"""


@pytest.fixture(scope="module")
def petstore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Build the package of docs/generator.md and make it importable."""
    folder = tmp_path_factory.mktemp("built")
    source = Source("petstore", ROOT / "examples" / "petstore.yaml")
    run(BuildRequest(folder / "petstore", (source,), suite=False), Progress(io.StringIO()))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def restored_logger() -> Iterator[None]:
    """Restore the level of the logger, which one page sets."""
    level = logging.getLogger("xcaas").level
    yield
    logging.getLogger("xcaas").setLevel(level)


@pytest.mark.usefixtures("petstore", "restored_logger")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=page_id)
def test_programs_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recordings").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "API_KEY"):
        monkeypatch.setenv(f"XCAAS_{name}", "demo")
    server = FakeServer()
    with xcaas.XCaaS(http_client=server, credentials=xcaas.ClientCredentials("id", "secret")) as client:
        # The blocks of a page form one program: later ones use names of earlier ones.
        scope: dict[str, object] = {"client": client, "xcaas": xcaas, "network": server}
        for block in blocks(page, "python"):
            if block.reason is None:
                code = _MAKES_CLIENT.sub(r"\1http_client=network, ", block.code)
                # Pad with empty lines, so that tracebacks have the line numbers of the page.
                exec(compile("\n" * (block.line - 1) + code, page, "exec"), scope)  # noqa: S102 - our own pages


def test_programs_pass_type_checking(petstore: Path, tmp_path: Path) -> None:
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
        # Pages show bare expressions, and not all need the import that is added.
        "reportUnusedExpression": False,
        "reportUnusedImport": False,
        # Engines are not installed everywhere; typings/ has stubs for them.
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
    completed = subprocess.run(command, capture_output=True, text=True, timeout=110, cwd=tmp_path)
    report = json.loads(completed.stdout)
    problems = [
        f"{item['file']}:{item['range']['start']['line'] + 1}: {item['message']}"
        for item in report["generalDiagnostics"]
        if item["severity"] == "error"
    ]
    assert not problems, "\n".join(problems)
    assert report["summary"]["filesAnalyzed"] == len(WITH_PYTHON)


def test_pages_with_programs_are_found() -> None:
    assert len(WITH_PYTHON) >= 6
