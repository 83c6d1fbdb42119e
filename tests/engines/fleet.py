"""The client of every worker, whichever engine started it, and a way to have one of them die."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

from xcaas import AttemptEvent, RedisTokenCache, WorkAnalyticsLogin, XCaaS
from xcaas_sandbox.cli import environment

__all__ = ["CREDENTIALS", "ENGINES", "client", "death_wish", "settings"]

CREDENTIALS: Final = "provider:tests.engines.fleet:client"
# Loopback only, this Python, and nobody is told that we were here.
ENGINES: Final = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}
_REQUESTS: Final = 5


def settings(base_url: str, redis: str, folder: Path) -> dict[str, str]:
    """Return the environment of workers."""
    root = str(Path(__file__).parents[2])
    ours = {"FLEET_REDIS": redis, "FLEET_FOLDER": str(folder), "PYTHONPATH": root, "DLT_DATA_DIR": str(folder)}
    return {**environment(base_url), **ours, **ENGINES}


def death_wish() -> Path:
    """Return the file that kills the worker that removes it."""
    return Path(os.environ["FLEET_FOLDER"]) / "die"


def client() -> XCaaS:
    """Return a client whose token all workers share."""
    login = WorkAnalyticsLogin(
        os.environ["XCAAS_API_KEY"],
        os.environ["XCAAS_USERNAME"],
        os.environ["XCAAS_PASSWORD"],
        cache=RedisTokenCache(os.environ["FLEET_REDIS"]),
    )
    return XCaaS(base_url=os.environ["XCAAS_BASE_URL"], credentials=login, hooks=[_Mortal()])


class _Mortal:
    """Kills its process in the middle of a slice, if there is somebody who wants that: once for each wish."""

    def __init__(self) -> None:
        self._requests = 0

    def before(self, event: AttemptEvent) -> None: ...

    def after(self, event: AttemptEvent) -> None:
        self._requests += 1
        if self._requests % _REQUESTS:
            return
        try:
            death_wish().unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
