"""The client of every worker, of any engine, and a way to kill one worker."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

from xcaas import AttemptEvent, RedisTokenCache, WorkAnalyticsLogin, XCaaS
from xcaas_sandbox.cli import environment

__all__ = ["CREDENTIALS", "ENGINE_ENVIRONMENT", "client", "kill_switch_path", "settings"]

CREDENTIALS: Final = "provider:tests.engines.fleet:client"
# Loopback only, this Python, and no telemetry.
ENGINE_ENVIRONMENT: Final = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "RAY_USAGE_STATS_ENABLED": "0",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}
_KILL_EVERY: Final = 5


def settings(base_url: str, redis: str, folder: Path) -> dict[str, str]:
    """Return the environment variables of workers."""
    root = str(Path(__file__).parents[2])
    fleet_settings = {
        "FLEET_REDIS": redis,
        "FLEET_FOLDER": str(folder),
        "PYTHONPATH": root,
        "DLT_DATA_DIR": str(folder),
    }
    return {**environment(base_url), **fleet_settings, **ENGINE_ENVIRONMENT}


def kill_switch_path() -> Path:
    """Return the path of the kill switch: the worker that removes this file kills itself."""
    return Path(os.environ["FLEET_FOLDER"]) / "die"


def client() -> XCaaS:
    """Return a client that shares its token with all workers."""
    login = WorkAnalyticsLogin(
        os.environ["XCAAS_API_KEY"],
        os.environ["XCAAS_USERNAME"],
        os.environ["XCAAS_PASSWORD"],
        cache=RedisTokenCache(os.environ["FLEET_REDIS"]),
    )
    return XCaaS(base_url=os.environ["XCAAS_BASE_URL"], credentials=login, hooks=[_KillSwitchHook()])


class _KillSwitchHook:
    """A hook that kills its process in the middle of a slice if the kill switch exists, which it removes first."""

    def __init__(self) -> None:
        self._requests = 0

    def before(self, event: AttemptEvent) -> None: ...

    def after(self, event: AttemptEvent) -> None:
        self._requests += 1
        if self._requests % _KILL_EVERY:
            return
        try:
            kill_switch_path().unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
