"""Where credentials do not go: other addresses, and plain HTTP."""

from __future__ import annotations

import pytest

from tests.support.sample_client import Client
from xcaas_core._errors import (
    ConfigurationError,
)
from xcaas_core.auth import ClientCredentials


# CREDENTIALS 31
@pytest.mark.parametrize(
    "url", ["http://api.example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://x"]
)
def test_plain_http_is_refused_except_to_this_machine(url: str) -> None:
    with (
        Client(credentials=ClientCredentials("id", "secret"), base_url=url) as client,
        pytest.raises(ConfigurationError),
    ):
        client.sample.get()
    credentials = ClientCredentials("id", "secret", token_url=f"{url}/token")
    with (
        Client(credentials=credentials, base_url="http://127.0.0.1:9") as client,
        pytest.raises(ConfigurationError),
    ):
        client.sample.get()
