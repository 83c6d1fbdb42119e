"""Clients of one token endpoint and one API, each set up as its own documentation says.

A contestant makes a function that does one call and raises if it failed. Peers are imported by
name: they are there only when the `bench` extra is installed. Where a peer renews a fixed time
before a token's end that is longer than our tokens live, it is told (or made) to renew `EARLY`
seconds before, for otherwise it would ask at every call.
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
PATIENCE: Final = 30.0
EARLY: Final = 0.2


class Endpoint:
    """Where the server is, and as whom to ask: someone new each time, for a peer with a global cache."""

    _visitors = count(1)

    def __init__(self, port: int) -> None:
        self.port = port
        self.client_id = f"id-{next(self._visitors)}"
        self.base = f"http://127.0.0.1:{port}"
        self.api = f"{self.base}/v1/thing"
        self.token = f"{self.base}/oauth/v2/token"


def ours(site: Endpoint) -> Call:
    from tests.support.sample_client import Client
    from xcaas_core import ClientCredentials

    client = Client(credentials=ClientCredentials(site.client_id, "secret"), base_url=site.base)
    return client.sample.get


def ours_async(site: Endpoint) -> AsyncCall:
    from tests.support.sample_client import AsyncClient
    from xcaas_core import ClientCredentials

    client = AsyncClient(credentials=ClientCredentials(site.client_id, "secret"), base_url=site.base)
    return client.sample.get


def authlib(site: Endpoint) -> Call:
    """https://docs.authlib.org: a client that is given grant_type and token_endpoint renews by itself."""
    client = _authlib("OAuth2Client", site)
    client.fetch_token()
    return lambda: client.get(site.api).raise_for_status()


def authlib_async(site: Endpoint) -> AsyncCall:
    client = _authlib("AsyncOAuth2Client", site)
    first = True

    async def call() -> object:
        nonlocal first
        if first:
            first = False
            await client.fetch_token()
        while not client.token:
            await import_module("asyncio").sleep(0.01)
        return (await client.get(site.api)).raise_for_status()

    return call


def _authlib(kind: str, site: Endpoint) -> Any:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    make = getattr(import_module("authlib.integrations.httpx_client"), kind)
    return make(
        site.client_id,
        "secret",
        grant_type="client_credentials",
        token_endpoint=site.token,
        leeway=EARLY,
        timeout=PATIENCE,
        limits=import_module("httpx").Limits(max_connections=WORKERS),
    )


def httpx_auth(site: Endpoint) -> Call:
    httpx = import_module("httpx")
    client = httpx.Client(auth=_httpx_auth(site), timeout=PATIENCE, limits=httpx.Limits(max_connections=WORKERS))
    return lambda: client.get(site.api).raise_for_status()


def httpx_auth_async(site: Endpoint) -> AsyncCall:
    httpx = import_module("httpx")
    client = httpx.AsyncClient(auth=_httpx_auth(site), timeout=PATIENCE, limits=httpx.Limits(max_connections=WORKERS))

    async def call() -> object:
        return (await client.get(site.api)).raise_for_status()

    return call


def _httpx_auth(site: Endpoint) -> Any:
    module = import_module("httpx_auth")
    return module.OAuth2ClientCredentials(
        site.token, client_id=site.client_id, client_secret="secret", early_expiry=EARLY
    )


def google_auth(site: Endpoint) -> Call:
    """Credentials of one's own derive from `google.auth.credentials.Credentials` and say how to refresh."""
    helpers: Any = import_module("google.auth._helpers")
    helpers.REFRESH_THRESHOLD = datetime.timedelta(seconds=EARLY)
    base = import_module("google.auth.credentials").Credentials
    transport = import_module("google.auth.transport.requests")
    requests = import_module("requests")

    def refresh(self: Any, request: object) -> None:
        del request
        answer = requests.post(
            site.token, auth=(site.client_id, "secret"), data={"grant_type": "client_credentials"}, timeout=30
        )
        body = answer.json()
        self.token = body["access_token"]
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        self.expiry = now + datetime.timedelta(seconds=float(body["expires_in"]))

    credentials = type("OurCredentials", (base,), {"refresh": refresh})()
    session = transport.AuthorizedSession(credentials)
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=WORKERS))
    return lambda: session.get(site.api, timeout=PATIENCE).raise_for_status()


def requests_oauthlib(site: Endpoint) -> Call:
    """A backend application has no refresh token: when the token has expired, it fetches another."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    oauth = import_module("oauthlib.oauth2")
    module = import_module("requests_oauthlib")
    session = module.OAuth2Session(client=oauth.BackendApplicationClient(client_id=site.client_id))
    session.mount("http://", import_module("requests").adapters.HTTPAdapter(pool_maxsize=WORKERS))

    def fetch() -> None:
        session.fetch_token(site.token, client_id=site.client_id, client_secret="secret")

    def call() -> object:
        try:
            return session.get(site.api, timeout=PATIENCE).raise_for_status()
        except oauth.TokenExpiredError:
            fetch()
            return session.get(site.api, timeout=PATIENCE).raise_for_status()

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
