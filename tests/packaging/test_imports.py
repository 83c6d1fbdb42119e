"""What importing costs: a budget of modules, counted in an environment with run-time dependencies only."""

from __future__ import annotations

import ast
import json

import pytest

from tests.packaging.installing import ROOT, Environment

PROGRAM = """
import json, sys
import httpx
httpx.Client()
before = set(sys.modules)
{}
print(json.dumps(sorted(set(sys.modules) - before)))
"""

# Everything that a program which only makes a client has no use for.
NOT_YET = (
    "attr", "attrs", "dateutil", "pydantic", "yaml", "jinja2", "orjson", "asyncio.subprocess", "xcaas_core.models",
    "xcaas_core.testing", "xcaas_core.calls._exchange", "xcaas_core.paging._pager", "xcaas_core.polling._poller", "xcaas_core.downloads._download",
    "xcaas_core.otel", "opentelemetry",
    "xcaas_generator", "xcaas_sandbox",
)  # fmt: skip


def loaded(plain: Environment, program: str) -> list[str]:
    """Modules that a program loads beyond those of a plain HTTP client."""
    found: list[str] = json.loads(plain.run(PROGRAM.format(program)))
    return found


@pytest.mark.parametrize(
    ("program", "budget"),
    [
        ("import xcaas", 24),
        ("import xcaas; xcaas.XCaaS()", 43),
        ("import xcaas; xcaas.XCaaS(credentials=xcaas.ClientCredentials('id', 'secret'))", 60),
        ("import xcaas; xcaas.XCaaS().storage", 45),
    ],
)
def test_a_client_loads_no_product_and_few_modules(plain: Environment, program: str, budget: int) -> None:
    found = loaded(plain, program)
    assert not [name for name in found if name.startswith(NOT_YET)]
    products = {name.split(".")[1] for name in found if name.startswith("xcaas.") and not name.startswith("xcaas._")}
    assert products == ({"storage"} if ".storage" in program else set())
    found = [name for name in found if not is_bare_package(name)]
    assert len(found) <= budget, (len(found), found)


def is_bare_package(name: str) -> bool:
    """Whether a module is a package that holds a docstring and nothing to run: a room of core."""
    path = ROOT / "core" / name.replace(".", "/") / "__init__.py"
    return path.exists() and len(ast.parse(path.read_text("utf-8")).body) <= 1


def test_one_product_loads_no_other(plain: Environment) -> None:
    program = """
import xcaas
from xcaas.testing import FakeServer
client = xcaas.XCaaS(http_client=FakeServer(), credentials=xcaas.ClientCredentials("id", "secret"))
client.storage.objects.get("o1")
"""
    found = loaded(plain, program)
    assert {name.split(".")[1] for name in found if name.startswith("xcaas.")} == {"_client", "storage", "testing"}
    models = {name for name in found if name.startswith("xcaas.storage.models._")}
    assert 1 <= len(models) < 8, models
