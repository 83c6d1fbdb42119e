"""Running the command: in this process, or in another one for tests of streams, signals and terminals."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from unittest import mock

from xcaas_cli import main
from xcaas_sandbox.cli import environment

__all__ = ["INTERRUPTED", "Command", "Outcome", "not_installed"]


def not_installed(_name: str) -> None:
    """Return None, as `find_spec` does for a missing package."""


INTERRUPTED = (130, -signal.SIGINT)
"""Exit codes after Ctrl-C. CPython exits by the signal itself if it arrives during `exec` (as in attrs)."""


@dataclass(frozen=True)
class Outcome:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="\n", write_through=True)


@dataclass
class Command:
    """`xcaas` with the settings of a sandbox, isolated from the environment."""

    base_url: str
    settings: dict[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        """Return the environment variables of the process."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("XCAAS_", "COV"))}
        return {**inherited, **environment(self.base_url), "COLUMNS": "80", **self.settings}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command in a new process."""
        return subprocess.Popen(
            [sys.executable, "-m", "xcaas_cli", *arguments],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, stdin: str = "") -> Outcome:
        """Run the command in this process."""
        out, err = io.BytesIO(), io.BytesIO()
        with ExitStack() as stack:
            stack.enter_context(mock.patch.dict(os.environ, self.environment(), clear=True))
            stack.enter_context(mock.patch.object(sys, "stdin", _stream(stdin.encode())))
            stack.enter_context(redirect_stdout(io.TextIOWrapper(out, encoding="utf-8", write_through=True)))
            stack.enter_context(redirect_stderr(io.TextIOWrapper(err, encoding="utf-8", write_through=True)))
            code = _code(arguments)
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    def out(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that must succeed without messages, and return its output."""
        outcome = self.run(*arguments, stdin=stdin)
        assert (outcome.code, outcome.err) == (0, ""), outcome
        return outcome.out


def _code(arguments: tuple[str, ...]) -> int:
    try:
        return main(arguments)
    except SystemExit as exit_:  # raised by click's completion
        return exit_.code if isinstance(exit_.code, int) else 1
