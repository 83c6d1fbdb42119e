"""Where everything is logged but the HTTP library's own (docs/observability.md says how), no credential is."""

from __future__ import annotations

import logging
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import LIBRARIES, own_client
from tests.adversarial.raw_server import respond, serving

QUIET: Final = ("httpx", "httpcore", "httpx2", "httpcore2")


@pytest.mark.parametrize("own", [False, True], ids=["the SDK's", "the user's"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_server_that_sends_everything_back(library: str, own: bool, caplog: pytest.LogCaptureFixture) -> None:
    for name in QUIET:
        caplog.set_level(logging.WARNING, name)
    caplog.set_level(1)
    client: Any = own_client("blocking", library) if own else None
    given: dict[str, Any] = {"http_client": client} if own else {"http_library": library}
    with serving(lambda asked: [respond(str(asked).encode(), 200, f"X-Echo: {asked.headers}")]) as server:
        credentials = xcaas.BearerToken("S3CRET-of-mine")
        with (
            xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0, **given) as sdk,
            pytest.raises(xcaas.DecodeError),
        ):
            sdk.storage.objects.with_options(query={"api-key": "S3CRET-key"}).get("1")
    if own:
        client.close()
    assert [record for record in caplog.records if record.name == "xcaas"]
    assert "S3CRET" not in caplog.text
