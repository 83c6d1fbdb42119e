"""Credentials are not sent to other hosts, nor over plain HTTP."""

from __future__ import annotations

import pytest

from tests.support.sample_client import GET, Client
from tests.support.token_server import RecordingService, StubResponse, TokenServer
from xcaas_core import ApiKey, ClientCredentials
from xcaas_core._errors import ConfigurationError, RedirectError
from xcaas_core.operations._operation import Call


# CREDENTIALS 31
@pytest.mark.parametrize(
    "url", ["http://api.example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://x"]
)
def test_plain_http_is_refused_except_to_this_machine(url: str) -> None:
    with (
        pytest.raises(ConfigurationError),
        Client(credentials=ClientCredentials("id", "secret"), base_url=url) as client,
    ):
        client.sample.get()
    credentials = ClientCredentials("id", "secret", token_url=f"{url}/token")
    with (
        Client(credentials=credentials, base_url="http://127.0.0.1:9") as client,
        pytest.raises(ConfigurationError),
    ):
        client.sample.get()


# CREDENTIALS 32
@pytest.mark.parametrize("trusted", [False, True])
def test_links_to_other_hosts_carry_no_credential_unless_the_host_is_listed(trusted: bool) -> None:
    other_service = RecordingService()
    with (
        TokenServer(other_service) as other_server,
        TokenServer() as server,
        Client(
            credentials=ClientCredentials("id", "secret"),
            base_url=server.url,
            trusted_hosts=["localhost"] if trusted else [],
            retries=0,
        ) as client,
    ):
        other_service.script = [StubResponse(200, b"{}")]
        link = f"http://localhost:{other_server.port}/v1/thing?page=2"
        client._session.exchange(Call(GET, link=link))  # pyright: ignore[reportPrivateUsage]
    assert (b"authorization" in other_service.heads[0].lower()) is trusted
    assert server.service.token_requests == int(trusted)


# CREDENTIALS 30
def test_redirects_of_calls_are_not_followed() -> None:
    service = RecordingService()
    with (
        TokenServer() as target,
        TokenServer(service) as server,
        Client(credentials=[ClientCredentials("id", "secret"), ApiKey("key")], base_url=server.url) as client,
    ):
        for call in (client.sample.get, client.sample.keyed):
            service.script = [StubResponse(307, headers={"location": f"{target.url}/steal"})]
            with pytest.raises(RedirectError):
                call()
        assert target.service.api_calls == 0
