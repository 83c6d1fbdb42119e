"""`xcaas-sandbox`: the local server that plays 8x8, from the command line."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="xcaas-sandbox", description="A local server that plays the 8x8 XCaaS APIs.")
    parser.add_argument("--port", type=int, default=8808, help="port on 127.0.0.1 (0 picks a free one)")
    parser.add_argument("--token-lifetime", type=float, default=1799, metavar="S", help="seconds that a token lives")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="JSON or YAML list of fault rules")
    options = parser.parse_args(arguments)
    if options.token_lifetime <= 0:
        parser.error("--token-lifetime must be more than 0 seconds")
    try:
        from ._faults import load_faults
        from ._server import Sandbox
    except ModuleNotFoundError as error:
        sys.stderr.write(f"xcaas-sandbox: {error.name} is not installed: pip install 'xcaas[sandbox]'\n")
        return 1
    try:
        faults = load_faults(options.faults) if options.faults else None
        sandbox = Sandbox(token_lifetime=options.token_lifetime, port=options.port, faults=faults)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"xcaas-sandbox: {error}\n")
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with sandbox:
        sys.stdout.write(
            f"xcaas-sandbox at {sandbox.base_url}\n"
            "  export XCAAS_BASE_URL=" + sandbox.base_url + "\n"
            "  export XCAAS_CLIENT_ID=eght_demo XCAAS_CLIENT_SECRET=demo-secret XCAAS_API_KEY=eght_demo_key\n"
            "Ctrl-C stops it.\n"
        )
        sys.stdout.flush()
        stopped.wait()
    return 0
