"""With all logs but those of the HTTP library (docs/observability.md says how), no credential is logged."""

from __future__ import annotations

import logging
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import LIBRARIES, own_client
from tests.adversarial.raw_server import respond, serving

HTTP_LOGGERS: Final = ("httpx", "httpcore", "httpx2", "httpcore2")


@pytest.mark.parametrize("has_own_client", [False, True], ids=["the SDK's", "the user's"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_echoed_credentials_are_not_logged(
    library: str, has_own_client: bool, caplog: pytest.LogCaptureFixture
) -> None:
    for name in HTTP_LOGGERS:
        caplog.set_level(logging.WARNING, name)
    caplog.set_level(1)
    http_client: Any = own_client("blocking", library) if has_own_client else None
    options: dict[str, Any] = {"http_client": http_client} if has_own_client else {"http_library": library}
    with serving(lambda request: [respond(str(request).encode(), 200, f"X-Echo: {request.headers}")]) as server:
        credentials = xcaas.BearerToken("S3CRET-of-mine")
        with (
            xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0, **options) as client,
            pytest.raises(xcaas.DecodeError),
        ):
            client.storage.objects.with_options(query={"api-key": "S3CRET-key"}).get("1")
    if has_own_client:
        http_client.close()
    assert [record for record in caplog.records if record.name == "xcaas"]
    assert "S3CRET" not in caplog.text
