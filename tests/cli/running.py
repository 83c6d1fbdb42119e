"""The command as a process of its own, as users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from xcaas_sandbox.cli import environment

__all__ = ["Command", "Inside", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


Inside = Callable[..., Outcome]
"""A run of the command with these arguments, in the process of the test."""


@dataclass
class Command:
    """`xcaas` with the settings of a sandbox, and of nobody else."""

    base_url: str
    settings: dict[str, str] = field(default_factory=dict[str, str])
    patience: float = 60
    """Seconds after which a command hangs."""

    def environment(self) -> dict[str, str]:
        """The variables of the process."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("XCAAS_", "COV"))}
        return {**inherited, **environment(self.base_url), "COLUMNS": "80", **self.settings}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "xcaas_cli", *arguments],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, given: str = "") -> Outcome:
        """Run the command to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(given.encode(), timeout=self.patience)
        return Outcome(process.returncode, out.decode(), err.decode())

    def out(self, *arguments: str, given: str = "") -> str:
        """Run a command that has to do well, and return what it wrote."""
        outcome = self.run(*arguments, given=given)
        assert (outcome.code, outcome.err) == (0, ""), outcome
        return outcome.out
