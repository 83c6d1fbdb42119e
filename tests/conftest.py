"""Property tests are bounded in examples, not in time: a busy machine is no counterexample.

Engines and a browser are heavy to install and to run, so their tests have make targets of their own.
"""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

settings.register_profile("bounded", deadline=None)
settings.load_profile("bounded")

# Jobs in the background start with SIGINT ignored, and their children inherit that: Ctrl-C would end none of them.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Only for those who name them.
TARGETS = {"engines": "make test-engines", "website/browser": "make test-site"}
collect_ignore = list(TARGETS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for folder, target in TARGETS.items():
        if not any(folder in argument for argument in terminalreporter.config.args):
            terminalreporter.write_line(f"tests/{folder} left out: {target} runs them")
