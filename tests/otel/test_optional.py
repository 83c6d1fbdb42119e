"""Who wants no telemetry pays nothing for it."""

from __future__ import annotations

import subprocess
import sys

import xcaas_core.otel


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_module_alone_loads_nothing_of_it() -> None:
    assert xcaas_core.otel.__all__ == ["OpenTelemetry"]
    program = "import sys, xcaas, xcaas_core.otel; print('opentelemetry' in sys.modules)"
    assert run(program) == "False"


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
