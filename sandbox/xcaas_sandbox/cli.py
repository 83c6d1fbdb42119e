"""`xcaas-sandbox`: the local server as a command."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._server import Sandbox

__all__ = ["environment", "main"]


def environment(base_url: str) -> dict[str, str]:
    """Return the environment in which `XCaaS.from_env()` can call everything in a sandbox."""
    return {
        "XCAAS_BASE_URL": base_url,
        "XCAAS_CLIENT_ID": "eght_demo",
        "XCAAS_CLIENT_SECRET": "demo-secret",
        "XCAAS_API_KEY": "eght_demo_key",
        "XCAAS_API_TOKEN": "demo-tenant-token",
        "XCAAS_TENANT": "demotenant",
        "XCAAS_CLUSTER": "na12",
        "XCAAS_USERNAME": "analyst@example.com",
        "XCAAS_PASSWORD": "demo-password",
    }


def _parse_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time. Give ISO 8601, such as 2026-01-29T08:00Z") from None


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="xcaas-sandbox", description="Serve the 8x8 XCaaS APIs on this machine, with made-up data."
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8808,
        help="listen on this port of 127.0.0.1; 0 picks a free one (default: %(default)s)",
    )
    parser.add_argument(
        "--token-lifetime",
        type=float,
        default=1799,
        metavar="S",
        help="let tokens expire after S seconds (default: %(default)s)",
    )
    parser.add_argument("--faults", type=Path, metavar="FILE", help="inject the faults of a JSON or YAML list of rules")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        metavar="X",
        help="run jobs and other things that take time X times as fast (default: %(default)s)",
    )
    parser.add_argument(
        "--strict-limits", action="store_true", help="respond with 429 when a documented rate limit is exceeded"
    )
    parser.add_argument(
        "--until",
        type=_parse_time,
        metavar="TIME",
        help="end the initial data at TIME, such as 2026-01-29T08:00Z (default: now)",
    )
    options = parser.parse_args(arguments)
    if options.token_lifetime <= 0:
        parser.error("--token-lifetime must be more than 0 seconds")
    if options.speed <= 0:
        parser.error("--speed must be more than 0")
    if not 0 <= options.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the command, and return its exit code: 0 after Ctrl-C, 1 if the sandbox could not start."""
    options = _parse(arguments)
    try:
        sandbox = _create_sandbox(options)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"xcaas-sandbox: {error.name} is not installed: pip install 'xcaas[sandbox]'\n")
        return 1
    except (OSError, ValueError) as error:
        sys.stderr.write(f"xcaas-sandbox: {error}\n")
        return 1
    _serve(sandbox, options.speed)
    return 0


def _create_sandbox(options: argparse.Namespace) -> Sandbox:
    from ._faults import load_faults
    from ._server import Sandbox

    return Sandbox(
        token_lifetime=options.token_lifetime,
        port=options.port,
        faults=load_faults(options.faults) if options.faults else None,
        speed=options.speed,
        strict_limits=options.strict_limits,
        until=options.until,
    )


def _serve(sandbox: Sandbox, speed: float) -> None:
    """Serve until Ctrl-C, adding an event to the log each second."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with sandbox:
        exports = (f"  export {name}={value}\n" for name, value in environment(sandbox.base_url).items())
        sys.stdout.write(f"xcaas-sandbox at {sandbox.base_url}\n{''.join(exports)}Ctrl-C stops it.\n")
        sys.stdout.flush()
        while not stopped.wait(1 / speed):
            sandbox.state.services.events.extend(1)
