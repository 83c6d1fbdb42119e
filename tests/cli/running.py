"""The command: in this process, or as one of its own where streams, signals and terminals matter."""

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
    """Stand in for `find_spec` where a package is missing."""


INTERRUPTED = (130, -signal.SIGINT)
"""How a process ends by Ctrl-C: CPython by the signal itself, if it came while text was executed (attrs does); shells call both 130."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="\n", write_through=True)


@dataclass
class Command:
    """`xcaas` with the settings of a sandbox, and of nobody else."""

    base_url: str
    settings: dict[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        """The variables of the process."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("XCAAS_", "COV"))}
        return {**inherited, **environment(self.base_url), "COLUMNS": "80", **self.settings}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "xcaas_cli", *arguments],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, given: str = "") -> Outcome:
        """Run the command to its end, in this process."""
        out, err = io.BytesIO(), io.BytesIO()
        with ExitStack() as stack:
            stack.enter_context(mock.patch.dict(os.environ, self.environment(), clear=True))
            stack.enter_context(mock.patch.object(sys, "stdin", _stream(given.encode())))
            stack.enter_context(redirect_stdout(io.TextIOWrapper(out, encoding="utf-8", write_through=True)))
            stack.enter_context(redirect_stderr(io.TextIOWrapper(err, encoding="utf-8", write_through=True)))
            code = _code(arguments)
            return Outcome(code, out.getvalue().decode(), err.getvalue().decode())

    def out(self, *arguments: str, given: str = "") -> str:
        """Run a command that has to do well, and return what it wrote."""
        outcome = self.run(*arguments, given=given)
        assert (outcome.code, outcome.err) == (0, ""), outcome
        return outcome.out


def _code(arguments: tuple[str, ...]) -> int:
    try:
        return main(arguments)
    except SystemExit as end:  # completion, which is click's own
        return end.code if isinstance(end.code, int) else 1
