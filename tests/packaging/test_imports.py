"""The cost of imports: budgets of modules, in an environment with only run-time dependencies."""

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

# Modules that creating a client does not need.
UNNEEDED = (
    "attr", "attrs", "dateutil", "pydantic", "yaml", "jinja2", "orjson", "asyncio.subprocess", "xcaas_core.models",
    "xcaas_core.testing", "xcaas_core.calls._exchange", "xcaas_core.paging._pager", "xcaas_core.polling._poller", "xcaas_core.downloads._download",
    "xcaas_core.otel", "opentelemetry",
    "xcaas_generator", "xcaas_sandbox",
)  # fmt: skip


def loaded_modules(minimal_environment: Environment, program: str) -> list[str]:
    """Return the modules that a program imports in addition to those of a plain HTTP client."""
    names: list[str] = json.loads(minimal_environment.run(PROGRAM.format(program)))
    return names


@pytest.mark.parametrize(
    ("program", "budget"),
    [
        ("import xcaas", 24),
        ("import xcaas; xcaas.XCaaS()", 43),
        ("import xcaas; xcaas.XCaaS(credentials=xcaas.ClientCredentials('id', 'secret'))", 60),
        ("import xcaas; xcaas.XCaaS().storage", 45),
    ],
)
def test_clients_import_no_product_and_few_modules(minimal_environment: Environment, program: str, budget: int) -> None:
    names = loaded_modules(minimal_environment, program)
    assert not [name for name in names if name.startswith(UNNEEDED)]
    products = {name.split(".")[1] for name in names if name.startswith("xcaas.") and not name.startswith("xcaas._")}
    assert products == ({"storage"} if ".storage" in program else set())
    names = [name for name in names if not is_empty_package(name)]
    assert len(names) <= budget, (len(names), names)


def is_empty_package(name: str) -> bool:
    """Return whether a module is a package of core that contains only a docstring."""
    path = ROOT / "core" / name.replace(".", "/") / "__init__.py"
    return path.exists() and len(ast.parse(path.read_text("utf-8")).body) <= 1


def test_products_import_no_other_product(minimal_environment: Environment) -> None:
    program = """
import xcaas
from xcaas.testing import FakeServer
client = xcaas.XCaaS(http_client=FakeServer(), credentials=xcaas.ClientCredentials("id", "secret"))
client.storage.objects.get("o1")
"""
    names = loaded_modules(minimal_environment, program)
    assert {name.split(".")[1] for name in names if name.startswith("xcaas.")} == {"_client", "storage", "testing"}
    models = {name for name in names if name.startswith("xcaas.storage.models._")}
    assert 1 <= len(models) < 8, models
