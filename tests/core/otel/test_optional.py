"""Who wants no telemetry pays nothing for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xcaas_core.otel


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_module_alone_loads_nothing_of_it() -> None:
    assert xcaas_core.otel.__all__ == ["OpenTelemetry"]
    program = "import sys, xcaas, xcaas.otel; print('opentelemetry' in sys.modules)"
    assert run(program) == "False"


@pytest.mark.parametrize(
    "way", ["from xcaas import otel", "import xcaas.otel as otel", "import xcaas; otel = xcaas.otel"]
)
def test_it_is_a_part_of_the_package(way: str) -> None:
    program = f"{way}; import xcaas_core.otel as core; print(otel.OpenTelemetry is core.OpenTelemetry, otel.__all__)"
    assert run(program) == "True ['OpenTelemetry']"


def test_the_package_alone_does_not_load_it() -> None:
    program = "import sys, xcaas; xcaas.XCaaS(); print([name for name in sys.modules if name.endswith('otel')])"
    assert run(program) == "[]"


def test_without_the_package_the_error_says_what_to_install() -> None:
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
