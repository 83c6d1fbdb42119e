"""The pages on lists, jobs, files and testing hold what they show: their code runs against the fake server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import xcaas
from xcaas.testing import FakeServer

DOCS = Path(__file__).parents[2] / "docs"


def blocks(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", ["lists-jobs-files.md", "testing.md"])
def test_code_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recordings").mkdir()
    monkeypatch.chdir(tmp_path)
    found = blocks(name)
    assert len(found) > 3
    with xcaas.XCaaS(http_client=FakeServer(), credentials=xcaas.ClientCredentials("id", "secret")) as client:
        scope: dict[str, object] = {"client": client, "xcaas": xcaas}
        for code in found:
            exec(compile(code, name, "exec"), scope)  # noqa: S102 - our own pages
