"""The event loop of uvloop, which has its own transports and sockets."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import Any

import pytest

from tests.adversarial.clients import LIBRARIES, outcomes, own_client
from tests.adversarial.raw_server import serving
from tests.adversarial.test_crossing import BAITS, bait_script
from xcaas import AsyncXCaaS, ClientCredentials
from xcaas_sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is none for Windows")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["uvloop", "own uvloop"])
def test_extra_data_is_not_read_by_other_calls(kind: str, library: str) -> None:
    pytest.importorskip("uvloop")
    calls = [("get", id) for bait in BAITS for id in (bait, "b")]
    with serving(bait_script) as server:
        results = outcomes(kind, library, server.url, calls)
        assert results == [outcome for _, bait in BAITS.values() for outcome in (bait, "b")]
        assert server.connections == 1 + len(BAITS)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_connection_read_by_a_users_hook_is_shut_down(library: str) -> None:
    """uvloop's pseudo-socket cannot be shut down itself."""
    pytest.importorskip("uvloop")

    async def read(response: Any) -> None:
        await response.aread()

    with serving(bait_script) as server:
        http_client = own_client("own uvloop", library, event_hooks={"response": [read]})
        calls = [("get", id) for id in ("a", "200", "b")]
        assert outcomes("own uvloop", library, server.url, calls, http_client=http_client) == ["a", "bait", "b"]
        assert server.connections == 2


def test_pages_downloads_and_tokens_work() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main(url: str) -> None:
        async with AsyncXCaaS(base_url=url, credentials=ClientCredentials("eght_demo", "demo-secret")) as client:
            objects = [item async for item in client.storage.objects.search(limit=20).limit(50)]
            assert len({item.id for item in objects}) == 50
            repeated = await asyncio.gather(*(client.storage.objects.get(item.id) for item in objects[:20]))
            assert [item.id for item in repeated] == [item.id for item in objects[:20]]
            assert len(await client.storage.objects.download(objects[0].id).read()) > 1000
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await client.storage.objects.get(objects[0].id)
            assert (await client.storage.objects.get(objects[0].id)).id == objects[0].id

    with Sandbox() as sandbox, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sandbox.base_url))
        assert type(runner.get_loop()).__module__.startswith(import_module("uvloop").__name__)
