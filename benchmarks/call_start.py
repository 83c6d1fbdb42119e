"""CPU time of `import xcaas` and `XCaaS()` in new processes, compared with `import httpx` and `httpx.Client()`;
and how much longer the first call of a process takes than later ones.

`python -m benchmarks.call_start`
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Final

from benchmarks._measure import Comparison, show
from benchmarks._small_answers import json_server
from benchmarks.call_cost import OBJECT

BUDGET: Final = 1.3
FIRST_CALL_BUDGET: Final = 0.030
ROUNDS: Final = 15

# Excludes the start of the interpreter.
_TIMED: Final = "import sys, time\n{setup}\nbegan = time.process_time()\n{work}\nprint(time.process_time() - began)"
_OURS: Final = 'import xcaas; xcaas.XCaaS(credentials=xcaas.ClientCredentials("id", "secret"))'
_FIRST: Final = """
import sys, time, xcaas
{setup}
client = xcaas.XCaaS(base_url=sys.argv[1], credentials=xcaas.BearerToken("token"))
def once():
    began = time.process_time()
    client.storage.objects.get("o1")
    return time.process_time() - began
first = once()
print(first - min(once() for _ in range(5)))
"""


def main() -> int:
    within_budget = True
    for name in ("httpx", "httpx2"):
        if find_spec(name) is None:
            continue
        # As if httpx2 were not installed.
        setup = 'sys.modules["httpx2"] = None' if name == "httpx" else ""
        ours = _TIMED.format(setup=setup, work=_OURS)
        comparison = _compare(ours, _TIMED.format(setup="", work=f"import {name}; {name}.Client()"))
        show(f"import xcaas, XCaaS() over {name}", comparison, peer=f"import {name}, {name}.Client()", budget=BUDGET)
        with json_server(OBJECT) as base:
            first_call_delay = min(_seconds(_FIRST.format(setup=setup), base) for _ in range(ROUNDS))
        print(
            f"first call over {name}: {first_call_delay * 1e3:.1f} ms more than later ones  budget {FIRST_CALL_BUDGET * 1e3:g} ms"
        )
        within_budget = within_budget and comparison.ratio <= BUDGET and first_call_delay <= FIRST_CALL_BUDGET
    return 0 if within_budget else 1


def _compare(ours: str, peer: str) -> Comparison:
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(ROUNDS)]
    return Comparison(min(pair[0] for pair in pairs), min(pair[1] for pair in pairs))


def _seconds(program: str, *arguments: str) -> float:
    command = [sys.executable, "-c", program, *arguments]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    raise SystemExit(main())
