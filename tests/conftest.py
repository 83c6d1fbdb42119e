"""Property tests are bounded in examples, not in time: a busy machine is no counterexample.

The engines are heavy to install and to run, so their tests run with `make test-engines` only.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("bounded", deadline=None)
settings.load_profile("bounded")

_ENGINES = bool(os.environ.get("XCAAS_ENGINES"))
collect_ignore = [] if _ENGINES else ["engines"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _ENGINES:
        terminalreporter.write_line("tests/engines left out: make test-engines runs them")
