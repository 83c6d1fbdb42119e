"""Property tests are bounded in examples, not in time: a busy machine is no counterexample.

The engines are heavy to install and to run, so their tests run with `make test-engines` only.
"""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

settings.register_profile("bounded", deadline=None)
settings.load_profile("bounded")

# Jobs in the background start with SIGINT ignored, and their children inherit that: Ctrl-C would end none of them.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Only for whoever does not name them.
collect_ignore = ["engines"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not any("engines" in argument for argument in terminalreporter.config.args):
        terminalreporter.write_line("tests/engines left out: make test-engines runs them")
