"""Public names: `__all__` of each package is complete, sorted and importable."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import xcaas

# Names in the namespace of modules that are not part of the interface.
INTERNAL_NAMES = {"TYPE_CHECKING", "annotations", "lazy_attributes"}


def packages() -> Iterator[str]:
    yield from ("xcaas", "xcaas.testing", "xcaas_core", "xcaas_core.sdk", "xcaas_core.models")
    yield from ("xcaas.otel", "xcaas_core.otel", "xcaas_core.testing", "xcaas_generator", "xcaas_sandbox")
    for module in pkgutil.iter_modules(xcaas.__path__, "xcaas."):
        if module.ispkg:
            yield module.name
            yield f"{module.name}.models"


def sort_key(name: str) -> tuple[bool, bool, str]:
    """Return the sort key of ruff's RUF022, for which a single capital is not a constant."""
    return not (name.isupper() and len(name) > 1), not name[0].isupper(), name


@pytest.mark.parametrize("package", [*packages()])
def test_all_is_sorted_and_importable(package: str) -> None:
    module = import_module(package)
    names: list[str] = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    assert names == sorted(names, key=sort_key)
    for name in names:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", ["xcaas", "xcaas.otel", "xcaas.testing", "xcaas.storage", "xcaas.storage.models"])
def test_all_lists_every_public_name(package: str) -> None:
    module = import_module(package)
    listed = set(getattr(module, "__all__", [])) - {"__version__"}
    assert {name for name in dir(module) if not name.startswith("_")} - INTERNAL_NAMES == listed


def test_star_import_imports_all() -> None:
    scope: dict[str, object] = {}
    exec("from xcaas import *", scope)  # noqa: S102
    assert set(xcaas.__all__) <= set(scope)


def test_contract_names_are_public() -> None:
    expected = {
        "XCaaS", "AsyncXCaaS", "ClientCredentials", "ApiKey", "BasicToken", "WorkAnalyticsLogin", "XCaaSError",
        "cc_realtime", "cc_historical", "storage", "quality_management", "cc_chat", "chat_gateway", "work_chat",
        "work_analytics", "post_call_survey", "recent_calls",
    }  # fmt: skip
    assert expected <= set(xcaas.__all__)
    assert {"JSONValue", "Model", "UnknownModel", "__version__"} <= set(xcaas.__all__)
    assert set(import_module("xcaas_core").__all__) - {"testing"} <= set(xcaas.__all__)
