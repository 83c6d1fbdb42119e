"""The sandbox as a real HTTP server on loopback, in a thread of the calling process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

import uvicorn

from ._app import SandboxState, create_app
from ._faults import Faults
from ._webhooks import Webhooks

__all__ = ["Sandbox"]


class Sandbox:
    """Run the sandbox while a `with` block lasts.

        with Sandbox(token_lifetime=3) as sandbox:
            client = XCaaS(base_url=sandbox.base_url, credentials=…)

    Valid credentials: OAuth key `eght_demo` / `demo-secret` (and `eght_realtime`, without
    storage), API key `eght_demo_key` with token `demo-tenant-token`, which is also the
    Basic token of tenant `demotenant`. docs/sandbox.md lists all.
    """

    def __init__(
        self,
        *,
        token_lifetime: float = 1799,
        port: int = 0,
        faults: Faults | None = None,
        speed: float = 1.0,
        strict_limits: bool = False,
        wall: Callable[[], float] = time.time,
        until: datetime | None = None,
    ) -> None:
        """
        Args:
            token_lifetime: Lifetime of tokens in seconds.
            port: Port on 127.0.0.1; 0 picks a free one.
            faults: The faults to inject; `sandbox.state.faults` changes them later.
            speed: Factor by which everything is faster: at 10, a job of two seconds takes 0.2.
            strict_limits: Respond with 429 beyond a documented rate limit, instead of only counting.
            wall: The clock for dates in responses, in seconds since 1970.
            until: End of the initial data, with a time zone: the newest object is some minutes older.
                By default, now; a test may need the same dates each time.
        """
        self.state = SandboxState(
            token_lifetime=token_lifetime,
            faults=faults,
            speed=speed,
            strict_limits=strict_limits,
            wall=wall,
            until=until,
        )
        self._socket = socket.create_server(("127.0.0.1", port))
        # Inherited by every connection. asyncio sets it only on sockets with an explicit protocol.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            create_app(self.state),
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="xcaas-sandbox", daemon=True
        )

    @property
    def webhooks(self) -> Webhooks:
        """Signs and sends events, which the chat products do by themselves."""
        return self.state.webhooks

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop and free the port. Safe to call twice."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(10)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
