"""How long `xcaas --help` and one call at a sandbox take beyond Python's own start, in CPU time of their processes.

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
    held = True
    with Sandbox() as sandbox:
        settings = environment(sandbox.base_url)
        start = _seconds(["-c", "pass"], settings)
        for arguments, budget in BUDGETS.items():
            took = _seconds(["-m", "xcaas_cli", *arguments], settings) - start
            print(f"xcaas {' '.join(arguments)}: {took * 1e3:.0f} ms beyond Python's start  budget {budget * 1e3:g} ms")
            held = held and took <= budget
    return 0 if held else 1


def _seconds(arguments: list[str], settings: dict[str, str]) -> float:
    return min(_once([sys.executable, *arguments], settings) for _ in range(ROUNDS))


def _once(command: list[str], settings: dict[str, str]) -> float:
    before = os.times()
    subprocess.run(command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    raise SystemExit(main())
