"""Credentials through whole clients and a real server."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.sample_client import GET, KEYED, QUERIED, AsyncClient, Client, chunks
from tests.support.token_server import RecordingService, StubResponse, TokenServer
from xcaas_core import ApiKey, BearerToken, ClientCredentials, EnvironmentVariable, MemoryTokenCache
from xcaas_core._errors import (
    AuthenticationError,
    ConfigurationError,
    MissingCredentialsError,
    PermissionDeniedError,
)
from xcaas_core.calls._retry import Timeout
from xcaas_core.operations._operation import Call
from xcaas_core.operations._parameter import query


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


@pytest.fixture
def client(server: TokenServer) -> Iterator[Client]:
    with Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client:
        yield client


def test_revoked_token_is_replaced(client: Client, server: TokenServer) -> None:
    assert client.sample.get() == {"ok": True}
    server.service.revoke()
    assert client.sample.get() == {"ok": True}
    assert server.service.token_requests == 2


# CREDENTIALS 16
def test_second_401_is_raised_with_its_request_id_for_any_retry_settings() -> None:
    service = RecordingService()
    refusal = StubResponse(401, b'{"fault": {"faultstring": "no"}}', headers={"x-request-id": "req-7"})
    with TokenServer(service) as server:
        for retries in (0, 5):
            service.script = [refusal, refusal, refusal, refusal]
            with (
                Client(credentials=ClientCredentials("id", "secret"), base_url=server.url, retries=retries) as client,
                pytest.raises(AuthenticationError) as caught,
            ):
                client.sample.get()
            assert caught.value.request_id == "req-7"
            assert len(caught.value.attempts) == 2
            assert len(service.script) == 2


# CREDENTIALS 19
def test_replay_keeps_method_headers_and_body() -> None:
    service = RecordingService()
    with (
        TokenServer(service) as server,
        Client(
            credentials=ClientCredentials("id", "secret"), base_url=server.url, headers={"idempotency-key": "k-1"}
        ) as client,
    ):
        service.script = [StubResponse(401, b"{}")]
        assert client.sample.put(b"the body") == {"ok": True}
    first, second = service.heads
    assert service.bodies == [b"the body"] * 2
    assert first.splitlines()[0] == second.splitlines()[0] == b"PUT /v1/thing HTTP/1.1"
    differing = set(first.splitlines()) ^ set(second.splitlines())
    assert all(line.lower().startswith(b"authorization") for line in differing)
    assert b"idempotency-key: k-1" in second.lower()


# CREDENTIALS 18
def test_non_replayable_body_is_not_replayed_and_the_next_call_has_a_new_token(
    client: Client, server: TokenServer
) -> None:
    client.sample.get()
    server.service.revoke()
    with pytest.raises(AuthenticationError, match="could be read once only"):
        client.sample.put(chunks())
    assert server.service.token_requests == 1
    assert client.sample.get() == {"ok": True}
    assert server.service.token_requests == 2


def test_403_keeps_the_token_and_names_the_missing_product() -> None:
    service = RecordingService()
    with (
        TokenServer(service) as server,
        Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client,
    ):
        service.script = [StubResponse(403, b"{}")]
        with pytest.raises(PermissionDeniedError, match=r"no product “Sample - API”.*replication delay"):
            client.sample.get()
        assert client.sample.get() == {"ok": True}
        assert service.token_requests == 1


def test_token_info_describes_the_current_token(client: Client) -> None:
    from tests.support.sample_client import PRODUCT
    from xcaas_core.auth.security._token_info import token_info
    from xcaas_core.sansio._drivers import run

    engine = client._engine  # pyright: ignore[reportPrivateUsage]
    io = client._session.io  # pyright: ignore[reportPrivateUsage]
    info = run(token_info(PRODUCT, engine.credentials, context=engine.auth_context), io)
    assert info.products == ("storage", "QM - API")
    assert info.lifetime == 1799
    assert 1790 < info.remaining <= 1799
    assert client.sample.get() == {"ok": True}
    keyed = Client(credentials=ApiKey("k"), base_url="http://127.0.0.1:9")
    engine = keyed._engine  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(MissingCredentialsError, match="no OAuth token"):
        run(token_info(PRODUCT, engine.credentials, context=engine.auth_context), io)
    keyed.close()


def test_missing_credential_is_named_in_the_error(client: Client) -> None:
    with pytest.raises(MissingCredentialsError, match=r"ApiKey\(key\), or XCAAS_API_KEY"):
        client.sample.keyed()


# CREDENTIALS 33
def test_callers_authorization_header_is_kept() -> None:
    service = RecordingService()
    service.tokens["mine"] = time.monotonic() + 60
    with (
        TokenServer(service) as server,
        Client(
            credentials=ClientCredentials("id", "secret"),
            base_url=server.url,
            headers={"Authorization": "Bearer mine"},
        ) as client,
    ):
        assert client.sample.get() == {"ok": True}
    assert service.token_requests == 0
    assert b"authorization: bearer mine" in service.heads[0].lower()


@pytest.mark.parametrize(("name", "scheme"), [("authorization", "oauth"), ("x-api-key", "key")])
def test_refused_callers_header_is_named_in_the_error(name: str, scheme: str) -> None:
    service = RecordingService()
    service.script = [StubResponse(401, b"{}"), StubResponse(401, b"{}")]
    with TokenServer(service) as server, Client(credentials=ApiKey("k"), base_url=server.url) as client:
        operation = GET if scheme == "oauth" else KEYED
        with_header = client.with_options(headers={name.title(): "mine"})
        for sender, call in ((with_header, Call(operation)), (client, Call(operation, headers={name: "mine"}))):
            with pytest.raises(AuthenticationError, match=f"your own header {name}") as caught:
                sender._session.exchange(call)  # pyright: ignore[reportPrivateUsage]
            assert "mine" not in str(caught.value)
    assert service.token_requests == 0


def test_key_passed_as_an_argument_is_sent_and_masked() -> None:
    with_argument = dataclasses.replace(QUERIED, parameters=(query("api_key"), query("page")))
    service = RecordingService()
    service.script = [
        StubResponse(200, b"{}"),
        StubResponse(200, b"{}"),
        StubResponse(401, b'{"message": "no to their own"}'),
    ]
    with TokenServer(service) as server:
        with Client(credentials=ApiKey("ours"), base_url=server.url) as client:
            client._session.exchange(Call(with_argument, ("their own", "2")))  # pyright: ignore[reportPrivateUsage]
            client._session.exchange(Call(with_argument, (None, "2")))  # pyright: ignore[reportPrivateUsage]
        with Client(base_url=server.url) as client, pytest.raises(AuthenticationError) as caught:
            client._session.exchange(Call(with_argument, ("their own", "2")))  # pyright: ignore[reportPrivateUsage]
    assert [head.split()[1] for head in service.heads] == [
        *(
            b"/v1/queried?api_key=their%20own&page=2",
            b"/v1/queried?page=2&api_key=ours",
            b"/v1/queried?api_key=their%20own&page=2",
        )
    ]
    assert "your own argument api_key" in str(caught.value)
    assert "their own" not in str(caught.value)


# CREDENTIALS 34
def test_token_request_uses_the_transport_of_the_client(server: TokenServer) -> None:
    paths: list[str] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            paths.append(request.url.path)
            return super().handle_request(request)

    with (
        httpx.Client(transport=Recording()) as user_client,
        Client(credentials=ClientCredentials("id", "secret"), base_url=server.url, http_client=user_client) as client,
    ):
        client.sample.get()
        client.close()
        client.close()
        assert not user_client.is_closed, "a client closes only what it created"
    assert paths == ["/oauth/v2/token", "/v1/thing"]


def test_token_request_has_the_timeouts_of_the_calling_client(server: TokenServer) -> None:
    requests: list[tuple[str, float, float]] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            timeouts = request.extensions["timeout"]
            requests.append((request.url.path, timeouts.get("connect"), timeouts.get("read")))
            return super().handle_request(request)

    with (
        httpx.Client(transport=Recording()) as user_client,
        Client(credentials=ClientCredentials("id", "secret"), base_url=server.url, http_client=user_client) as client,
    ):
        client.sample.get()
        server.service.revoke()
        client.with_options(timeout=Timeout(60, connect=3, read=4)).sample.get()
    first, second = ((connect, read) for path, connect, read in requests if path == "/oauth/v2/token")
    assert first > (9, 9)
    assert second == (3, 4)


# CREDENTIALS 35
def test_close_may_be_repeated_and_calls_after_it_raise(client: Client) -> None:
    client.sample.get()
    client.close()
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        client.sample.get()


def test_short_lived_clients_share_the_token_of_their_credentials(server: TokenServer) -> None:
    credentials = ClientCredentials("id", "secret")
    for _ in range(5):
        with Client(credentials=credentials, base_url=server.url) as client:
            client.sample.get()
    assert server.service.token_requests == 1
    cache = MemoryTokenCache()
    for _ in range(5):
        with Client(credentials=ClientCredentials("id", "secret", cache=cache), base_url=server.url) as client:
            client.sample.get()
    assert server.service.token_requests == 2


def test_with_options_copies_share_the_token(server: TokenServer) -> None:
    with Client(credentials=lambda: ClientCredentials("id", "secret"), base_url=server.url) as client:
        client.sample.get()
        client.with_options(timeout=5).sample.get()
    assert server.service.token_requests == 1


def test_sync_and_async_clients_share_one_token(server: TokenServer) -> None:
    credentials = ClientCredentials("id", "secret")

    async def main() -> object:
        async with AsyncClient(credentials=credentials, base_url=server.url) as client:
            return (await asyncio.gather(*(client.sample.get() for _ in range(10))))[0]

    with Client(credentials=credentials, base_url=server.url) as client:
        client.sample.get()
        assert asyncio.run(main()) == {"ok": True}
        assert asyncio.run(main()) == {"ok": True}
    assert server.service.token_requests == 1


@pytest.mark.parametrize("auth", ["the-token", {"oauth": "the-token"}, BearerToken("the-token")])
def test_bearer_tokens_are_accepted_in_several_forms(auth: object, server: TokenServer) -> None:
    server.service.tokens["the-token"] = time.monotonic() + 60
    with Client(auth=auth, base_url=server.url) as client:
        assert client.sample.get() == {"ok": True}
        assert b"the-token" not in pickle.dumps(client)


# CREDENTIALS 29
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_forked_child_shares_the_token_and_inherits_no_lock(server: TokenServer) -> None:
    with Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client:
        client.sample.get()
        server.service.latency = 0.5
        server.service.revoke()
        renewing = threading.Thread(target=client.sample.get)  # leads a renewal during the fork
        renewing.start()
        time.sleep(0.2)
        child = multiprocessing.get_context("fork").Process(target=_call_in_child, args=(client,))
        child.start()
        child.join(20)
        renewing.join(20)
        assert child.exitcode == 0
        assert client.sample.get() == {"ok": True}


def _call_in_child(client: Client) -> None:
    os._exit(0 if client.sample.get() == {"ok": True} else 1)


@pytest.mark.parametrize("secret_source", ["reference", "with_secrets"])
def test_clients_are_pickled_to_worker_processes(
    secret_source: str, server: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_SECRET", "secret")
    credentials = ClientCredentials("id", EnvironmentVariable("THE_SECRET"))
    if secret_source == "with_secrets":
        credentials = ClientCredentials("id", "secret").with_secrets()
    with Client(credentials=credentials, base_url=server.url) as client:
        client.sample.get()
        data = pickle.dumps(client)
    code = "import pickle, sys; c = pickle.load(sys.stdin.buffer); print(c.sample.get()); c.close()"
    root = Path(__file__).parents[3]
    result = subprocess.run(
        [sys.executable, "-c", code], input=data, capture_output=True, timeout=60, check=True, cwd=root
    )
    assert result.stdout.strip() == b"{'ok': True}"
    assert server.service.token_requests == 2


def test_deep_copy_of_a_client_requests_its_own_token(client: Client, server: TokenServer) -> None:
    client.sample.get()
    copied = copy.deepcopy(client)
    assert copied.sample.get() == {"ok": True}
    copied.close()
    assert server.service.token_requests == 2, "a deep copy starts fresh"


# CREDENTIALS 36
def test_pending_token_request_does_not_block_interpreter_exit(server: TokenServer) -> None:
    server.service.behave = lambda number: StubResponse(200, delay=30)
    code = f"""
        import threading, time
        from tests.support.sample_client import Client
        from xcaas_core import ClientCredentials, MemoryTokenCache
        client = Client(credentials=ClientCredentials("id", "s", cache=MemoryTokenCache()), base_url={server.url!r})
        threading.Thread(target=client.sample.get, daemon=True).start()
        time.sleep(0.5)
        assert all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())
        print("leaving")
    """
    started = time.monotonic()
    root = Path(__file__).parents[3]
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, timeout=30, check=False, cwd=root
    )
    assert result.stdout.strip() == b"leaving", result.stderr
    assert result.returncode == 0
    assert time.monotonic() - started < 15


def test_tokens_are_freed_with_their_credentials(server: TokenServer) -> None:
    from xcaas_core.auth.tokens._token import AccessToken

    before = sum(type(item) is AccessToken for item in gc.get_objects())
    with Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client:
        client.sample.get()
    del client
    gc.collect()
    assert sum(type(item) is AccessToken for item in gc.get_objects()) <= before
