"""Public names: each package lists what it offers, in order, and offers what it lists."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import xcaas

# Names that stand in a module's namespace and belong to nobody's interface.
MACHINERY = {"TYPE_CHECKING", "annotations", "lazy_attributes"}


def packages() -> Iterator[str]:
    yield from ("xcaas", "xcaas.testing", "xcaas_core", "xcaas_core.sdk", "xcaas_core.models")
    yield from ("xcaas.otel", "xcaas_core.otel", "xcaas_core.testing", "xcaas_generator", "xcaas_sandbox")
    for found in pkgutil.iter_modules(xcaas.__path__, "xcaas."):
        if found.ispkg:
            yield found.name
            yield f"{found.name}.models"


def in_order(name: str) -> tuple[bool, bool, str]:
    """The order of ruff's RUF022, to which a single capital is no constant."""
    return not (name.isupper() and len(name) > 1), not name[0].isupper(), name


@pytest.mark.parametrize("package", [*packages()])
def test_names_are_sorted_and_real(package: str) -> None:
    module = import_module(package)
    names: list[str] = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    assert names == sorted(names, key=in_order)
    for name in names:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", ["xcaas", "xcaas.otel", "xcaas.testing", "xcaas.storage", "xcaas.storage.models"])
def test_nothing_public_is_unlisted(package: str) -> None:
    module = import_module(package)
    listed = set(getattr(module, "__all__", [])) - {"__version__"}
    assert {name for name in dir(module) if not name.startswith("_")} - MACHINERY == listed


def test_a_star_import_gives_everything() -> None:
    scope: dict[str, object] = {}
    exec("from xcaas import *", scope)  # noqa: S102
    assert set(xcaas.__all__) <= set(scope)


def test_the_contract() -> None:
    wanted = {
        "XCaaS", "AsyncXCaaS", "ClientCredentials", "ApiKey", "BasicToken", "WorkAnalyticsLogin", "XCaaSError",
        "cc_realtime", "cc_historical", "storage", "quality_management", "cc_chat", "chat_gateway", "work_chat",
        "work_analytics", "post_call_survey", "recent_calls",
    }  # fmt: skip
    assert wanted <= set(xcaas.__all__)
    assert {"JSONValue", "Model", "UnknownModel", "__version__"} <= set(xcaas.__all__)
    assert set(import_module("xcaas_core").__all__) - {"testing"} <= set(xcaas.__all__)
