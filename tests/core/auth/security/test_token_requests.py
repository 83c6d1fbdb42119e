"""Token requests as the spec describes them."""

from __future__ import annotations

import pytest

from tests.support.credentials import OAUTH, STORAGE
from tests.support.simulation import Simulation, fake_context
from xcaas_core import BasicToken, ClientCredentials
from xcaas_core._errors import ConfigurationError
from xcaas_core.auth.security._bindings import token_manager
from xcaas_core.operations._product import Scheme


def test_credentials_without_a_token_endpoint_raise() -> None:
    with pytest.raises(ConfigurationError, match="cannot ask for a token"):
        token_manager(BasicToken("t", "x"), STORAGE, OAUTH, fake_context(lambda: 0.0))


def test_spec_selects_client_auth() -> None:
    in_body = Scheme(
        "oauth2",
        credential="client-credentials",
        token_url="https://api.example.com/token",
        options={"client_auth": "body"},
    )
    simulation = Simulation()
    manager = token_manager(ClientCredentials("i", "s"), STORAGE, in_body, fake_context(simulation.clock))
    simulation.call(manager.acquire())
    (token_request,) = simulation.endpoint.seen
    assert "authorization" not in token_request.headers
    assert token_request.content == b"grant_type=client_credentials&client_id=i&client_secret=s"
    assert repr(token_request.content) == "b'***'", "a timeout may raise in frames that hold the body"
