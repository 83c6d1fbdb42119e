"""The examples of the reference, each run: in Python against `FakeServer`, on the command line against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xcaas_site.examples import Examples
from xcaas_site.reference import Method, Reference

import xcaas
from tests.products.support import CREDENTIALS, SETTINGS
from xcaas.testing import FakeServer
from xcaas_cli import main
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

ROOT = Path(__file__).parents[2]
EXAMPLES = Examples()
METHODS = [
    method
    for product in Reference(ROOT / "generated" / "xcaas").products
    for resource in product.resources
    for method in resource.methods
    if method.operation is not None
]
# Streams have no end; tests/core/events opens each kind.
each = pytest.mark.parametrize(
    "method", [one for one in METHODS if not EXAMPLES.is_stream(one)], ids=lambda one: one.call
)


@pytest.fixture(autouse=True)
def quiet_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go to a folder of the test."""
    monkeypatch.chdir(tmp_path)


def options() -> dict[str, Any]:
    return {"credentials": CREDENTIALS, "http_client": FakeServer(), "rate_limits": False, **SETTINGS}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@each
def test_blocking(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xcaas.XCaaS, "from_env", lambda: xcaas.XCaaS(**options()))
    exec(compile(EXAMPLES.blocking(method), method.call, "exec"), {})  # noqa: S102


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@each
def test_async(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xcaas.AsyncXCaaS, "from_env", lambda: xcaas.AsyncXCaaS(**options()))
    exec(compile(EXAMPLES.asynchronous(method), method.call, "exec"), {})  # noqa: S102


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with Sandbox() as sandbox:
        yield sandbox.base_url


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@each
def test_on_the_command_line(
    method: Method, base_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = EXAMPLES.words(method)
    assert words[0] == "xcaas"
    for name, value in {**environment(base_url), "XCAAS_CLUSTER": "na12", "XCAAS_TENANT": "demotenant"}.items():
        monkeypatch.setenv(name, value)
    if method.returns.type.startswith("Pager"):
        words += ["--limit-total", "1"]
    if method.call.startswith(("recent_calls.", "post_call_survey.")):  # no region to begin with
        words += ["--region", "us"]
    assert main(words[1:]) in (0, 1), capsys.readouterr().err
