"""CPU time of `xcaas --help` and of one call to a sandbox, beyond the start of Python.

`python -m benchmarks.command_start`
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

BUDGETS: Final = {("--help",): 0.25, ("storage", "objects", "search", "--limit-total", "3"): 0.5}
ROUNDS: Final = 10


def main() -> int:
    within_budget = True
    with Sandbox() as sandbox:
        variables = environment(sandbox.base_url)
        start = _seconds(["-c", "pass"], variables)
        for arguments, budget in BUDGETS.items():
            seconds = _seconds(["-m", "xcaas_cli", *arguments], variables) - start
            print(
                f"xcaas {' '.join(arguments)}: {seconds * 1e3:.0f} ms beyond Python's start  budget {budget * 1e3:g} ms"
            )
            within_budget = within_budget and seconds <= budget
    return 0 if within_budget else 1


def _seconds(arguments: list[str], variables: dict[str, str]) -> float:
    return min(_once([sys.executable, *arguments], variables) for _ in range(ROUNDS))


def _once(command: list[str], variables: dict[str, str]) -> float:
    before = os.times()
    subprocess.run(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    raise SystemExit(main())
