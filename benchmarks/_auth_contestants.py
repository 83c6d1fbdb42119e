"""Clients of one token endpoint and one API, each set up as its documentation recommends.

Each function returns a function that makes one call and raises if it fails. Peers are imported by name, since they are
installed only with the `bench` extra. Peers that renew tokens a fixed time before expiry, longer than our tokens live, are
set to `RENEW_EARLY` seconds: otherwise they would request a token for every call.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Awaitable, Callable
from importlib import import_module
from itertools import count
from typing import Any, Final

__all__ = ["ASYNC", "BLOCKING", "Call", "Endpoint"]

Call = Callable[[], object]
AsyncCall = Callable[[], Awaitable[object]]

WORKERS: Final = 200
TIMEOUT: Final = 30.0
RENEW_EARLY: Final = 0.2


class Endpoint:
    """The server's URLs, and a client id. The id is new each time, because one peer has a global cache."""

    _client_numbers = count(1)

    def __init__(self, port: int) -> None:
        self.port = port
        self.client_id = f"id-{next(self._client_numbers)}"
        self.base = f"http://127.0.0.1:{port}"
        self.api = f"{self.base}/v1/thing"
        self.token = f"{self.base}/oauth/v2/token"


def ours(endpoint: Endpoint) -> Call:
    from tests.support.sample_client import Client
    from xcaas_core import ClientCredentials

    client = Client(credentials=ClientCredentials(endpoint.client_id, "secret"), base_url=endpoint.base)
    return client.sample.get


def ours_async(endpoint: Endpoint) -> AsyncCall:
    from tests.support.sample_client import AsyncClient
    from xcaas_core import ClientCredentials

    client = AsyncClient(credentials=ClientCredentials(endpoint.client_id, "secret"), base_url=endpoint.base)
    return client.sample.get


def authlib(endpoint: Endpoint) -> Call:
    """Set up Authlib: with grant_type and token_endpoint, its client renews tokens itself (https://docs.authlib.org)."""
    client = _authlib("OAuth2Client", endpoint)
    client.fetch_token()
    return lambda: client.get(endpoint.api).raise_for_status()


def authlib_async(endpoint: Endpoint) -> AsyncCall:
    client = _authlib("AsyncOAuth2Client", endpoint)
    first = True

    async def call() -> object:
        nonlocal first
        if first:
            first = False
            await client.fetch_token()
        while not client.token:
            await import_module("asyncio").sleep(0.01)
        return (await client.get(endpoint.api)).raise_for_status()

    return call


def _authlib(class_name: str, endpoint: Endpoint) -> Any:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    client_class = getattr(import_module("authlib.integrations.httpx_client"), class_name)
    return client_class(
        endpoint.client_id,
        "secret",
        grant_type="client_credentials",
        token_endpoint=endpoint.token,
        leeway=RENEW_EARLY,
        timeout=TIMEOUT,
        limits=import_module("httpx").Limits(max_connections=WORKERS),
    )


def httpx_auth(endpoint: Endpoint) -> Call:
    httpx = import_module("httpx")
    client = httpx.Client(auth=_httpx_auth(endpoint), timeout=TIMEOUT, limits=httpx.Limits(max_connections=WORKERS))
    return lambda: client.get(endpoint.api).raise_for_status()


def httpx_auth_async(endpoint: Endpoint) -> AsyncCall:
    httpx = import_module("httpx")
    client = httpx.AsyncClient(
        auth=_httpx_auth(endpoint), timeout=TIMEOUT, limits=httpx.Limits(max_connections=WORKERS)
    )

    async def call() -> object:
        return (await client.get(endpoint.api)).raise_for_status()

    return call


def _httpx_auth(endpoint: Endpoint) -> Any:
    module = import_module("httpx_auth")
    return module.OAuth2ClientCredentials(
        endpoint.token, client_id=endpoint.client_id, client_secret="secret", early_expiry=RENEW_EARLY
    )


def google_auth(endpoint: Endpoint) -> Call:
    """Set up google-auth: custom credentials derive from `google.auth.credentials.Credentials` and define `refresh`."""
    helpers: Any = import_module("google.auth._helpers")
    helpers.REFRESH_THRESHOLD = datetime.timedelta(seconds=RENEW_EARLY)
    base = import_module("google.auth.credentials").Credentials
    transport = import_module("google.auth.transport.requests")
    requests = import_module("requests")

    def refresh(self: Any, request: object) -> None:
        del request
        response = requests.post(
            endpoint.token, auth=(endpoint.client_id, "secret"), data={"grant_type": "client_credentials"}, timeout=30
        )
        body = response.json()
        self.token = body["access_token"]
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        self.expiry = now + datetime.timedelta(seconds=float(body["expires_in"]))

    credentials = type("OurCredentials", (base,), {"refresh": refresh})()
    session = transport.AuthorizedSession(credentials)
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=WORKERS))
    return lambda: session.get(endpoint.api, timeout=TIMEOUT).raise_for_status()


def requests_oauthlib(endpoint: Endpoint) -> Call:
    """Set up requests-oauthlib: without a refresh token, the application fetches a new token after expiry."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    oauth = import_module("oauthlib.oauth2")
    module = import_module("requests_oauthlib")
    session = module.OAuth2Session(client=oauth.BackendApplicationClient(client_id=endpoint.client_id))
    session.mount("http://", import_module("requests").adapters.HTTPAdapter(pool_maxsize=WORKERS))

    def fetch() -> None:
        session.fetch_token(endpoint.token, client_id=endpoint.client_id, client_secret="secret")

    def call() -> object:
        try:
            return session.get(endpoint.api, timeout=TIMEOUT).raise_for_status()
        except oauth.TokenExpiredError:
            fetch()
            return session.get(endpoint.api, timeout=TIMEOUT).raise_for_status()

    fetch()
    return call


BLOCKING: Final[dict[str, Callable[[Endpoint], Call]]] = {
    "xcaas": ours,
    "Authlib": authlib,
    "httpx-auth": httpx_auth,
    "google-auth": google_auth,
    "requests-oauthlib": requests_oauthlib,
}
ASYNC: Final[dict[str, Callable[[Endpoint], AsyncCall]]] = {
    "xcaas": ours_async,
    "Authlib": authlib_async,
    "httpx-auth": httpx_auth_async,
}
