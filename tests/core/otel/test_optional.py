"""OpenTelemetry is optional, and loaded only when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xcaas_core.otel


def run(program: str) -> str:
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return process.stdout.strip()


def test_module_does_not_load_opentelemetry() -> None:
    assert xcaas_core.otel.__all__ == ["OpenTelemetry"]
    program = "import sys, xcaas, xcaas.otel; print('opentelemetry' in sys.modules)"
    assert run(program) == "False"


@pytest.mark.parametrize(
    "statement", ["from xcaas import otel", "import xcaas.otel as otel", "import xcaas; otel = xcaas.otel"]
)
def test_module_is_importable_from_the_package(statement: str) -> None:
    program = (
        f"{statement}; import xcaas_core.otel as core; print(otel.OpenTelemetry is core.OpenTelemetry, otel.__all__)"
    )
    assert run(program) == "True ['OpenTelemetry']"


def test_package_does_not_load_the_module() -> None:
    program = "import sys, xcaas; xcaas.XCaaS(); print([name for name in sys.modules if name.endswith('otel')])"
    assert run(program) == "[]"


def test_missing_opentelemetry_is_reported() -> None:
    program = """
import sys
sys.modules["opentelemetry"] = None
from xcaas_core import ConfigurationError
from xcaas_core.otel import OpenTelemetry
try:
    OpenTelemetry()
except ConfigurationError as error:
    print(error)
"""
    assert run(program) == "opentelemetry-api is not installed. Install it: pip install 'xcaas[otel]'."
