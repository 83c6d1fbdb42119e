"""No public object, error, log record or traceback shows a secret or a token."""

from __future__ import annotations

import asyncio
import base64
import copy
import inspect
import logging
import pickle
import pprint
import re
import time
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

import pytest

import xcaas_core
from tests.support.credentials import World, request
from tests.support.sample_client import AsyncClient, Client, chunks
from tests.support.simulation import FakeResponse, TokenEndpoint
from tests.support.token_server import Service, StubResponse, TokenServer
from xcaas_core import (
    ApiKey,
    AuthEvent,
    BasicToken,
    BearerToken,
    ClientCredentials,
    Credential,
    EnvironmentVariable,
    FileTokenCache,
    MemoryTokenCache,
    RedisRateLimits,
    RedisTokenCache,
    Secret,
    TokenCache,
    TokenInfo,
    TokenPolicy,
    WorkAnalyticsLogin,
)
from xcaas_core._errors import XCaaSError
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer

SECRET = "S3CRET+wörth/keeping"
KEY = "k3y-of-the-admin-console"  # keys travel in headers, which carry ASCII
TOKENS = "tok-"  # every token of the server starts like this


def forms(secret: str) -> set[str]:
    """Return the encoded forms of a secret."""
    shapes = {secret, quote_plus(secret), repr(secret)[1:-1], repr(secret.encode())[2:-1]}
    for user in ("id", "tenant", ""):
        for text in (f"{user}:{secret}", f"{user}:{quote_plus(secret)}"):
            shapes.add(base64.b64encode(text.encode()).decode())
    return shapes


HIDDEN = forms(SECRET) | forms(KEY) | {TOKENS, "token-1"}


def assert_clean(text: str, where: object) -> None:
    leaks = [shape for shape in HIDDEN if shape in text]
    assert not leaks, f"{where} shows {leaks}"


def printed_forms(value: object) -> Iterator[str]:
    """Yield everything that people and tools print of an object."""
    yield repr(value)
    yield str(value)
    yield f"{value}"
    yield pprint.pformat(value)
    yield pprint.pformat(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        for name in getattr(cls, "__slots__", ()):
            yield repr(getattr(value, name, None))
    yield repr(getattr(value, "__dict__", {}))
    yield repr(getattr(value, "args", ()))


def pickled(value: object) -> bytes:
    try:
        return pickle.dumps(value)
    except (TypeError, AttributeError, pickle.PicklingError) as refusal:
        return str(refusal).encode()


def assert_no_leak(value: object) -> None:
    for text in printed_forms(value):
        assert_clean(text, type(value))
    assert_clean(pickled(value).decode("latin-1"), f"the pickle of {type(value)}")
    assert_clean(pickled(value).decode("utf-8", "replace"), f"the pickle of {type(value)}")


def assert_no_leak_in_error(error: BaseException) -> None:
    assert_no_leak(error)
    formatted = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert_clean("".join(formatted.format()), f"the traceback of {error!r}")
    current: BaseException | None = error
    while current is not None:
        assert_no_leak(current)
        current = current.__cause__ or current.__context__


CREDENTIALS: list[Credential] = [
    ClientCredentials("id", SECRET),
    ApiKey(SECRET, SECRET),
    BasicToken("tenant", SECRET),
    WorkAnalyticsLogin(SECRET, "user", SECRET),
    BearerToken(SECRET),
    ClientCredentials("id", EnvironmentVariable("X")),
]


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda credential: type(credential).__name__)
def test_credentials_do_not_leak(credential: Credential) -> None:
    for value in (credential, copy.copy(credential), copy.deepcopy(credential), credential.with_secrets()):
        for text in printed_forms(value):
            assert_clean(text, type(value))
    assert_no_leak(credential)
    assert_no_leak([credential])
    assert_no_leak({"credentials": credential})
    assert_no_leak(CredentialSet.parse([credential]))
    assert_no_leak(CredentialSet.parse(SECRET))


def test_every_public_name_is_checked() -> None:
    """New public classes must be added to the checked objects."""
    checked = {
        *(type(credential).__name__ for credential in CREDENTIALS),
        "AuthCounters", "AuthEvent", "Credential", "Credentials", "EnvironmentVariable", "FileTokenCache",
        "MemoryTokenCache", "RedisTokenCache", "Secret", "TokenCache", "TokenInfo", "TokenPolicy",
    }  # fmt: skip
    imports = re.findall(r"from \.(?:auth\.\S+|_secrets) import (\([^)]*|.+)", inspect.getsource(xcaas_core))
    public = {name for names in imports for name in re.findall(r"\w+", names)}
    errors = {name for name in public if name.endswith("Error")}
    functions = {"credentials_from_env", "credentials_from_profile", "default_profile_path"}
    assert public == checked | errors | functions


def test_tokens_and_their_managers_do_not_leak(tmp_path: object) -> None:
    events: list[AuthEvent] = []
    caches: list[TokenCache] = [MemoryTokenCache(), FileTokenCache(f"{tmp_path}/t")]
    for cache in caches:
        world = World(credential=ClientCredentials("id", SECRET, cache=cache, on_event=events.append))
        token = world.simulation.call(world.acquire())
        authorizer: Authorizer = world.authorizer()
        sent = request()
        applied = world.simulation.call(authorizer.authorize(sent, deadline=None))
        for item in (token, token.info, world.manager, authorizer, applied, sent.headers, cache):
            assert_no_leak(item)
        for token_request in world.endpoint.seen:
            assert_no_leak(token_request.headers)
        assert_no_leak(world.credential)
        assert_no_leak(world.context)
        assert_no_leak(world.credential.counters)
    assert_no_leak(events)
    for value in (Secret(SECRET), TokenInfo(), TokenPolicy(), EnvironmentVariable("X")):
        assert_no_leak(value)
    assert_no_leak(RedisRateLimits(f"redis://:{quote_plus(SECRET)}@127.0.0.1:1/0"))
    assert_no_leak(RedisTokenCache(f"redis://:{quote_plus(SECRET)}@127.0.0.1:1/0"))


FAULTS: dict[str, Callable[[int], StubResponse | None]] = {
    "refused": lambda n: StubResponse(401, b'{"error": "invalid_client", "secret": "%s"}' % SECRET.encode()),
    "echo": lambda n: StubResponse(400, f'{{"error": "bad secret {SECRET}"}}'.encode()),
    "html": lambda n: StubResponse(200, f"<html>{SECRET}</html>".encode()),
    "not a token": lambda n: StubResponse(200, b'{"access_token": "tok-bad value", "token_type": "Bearer"}'),
    "other type": lambda n: StubResponse(200, b'{"access_token": "tok-mac", "token_type": "mac"}'),
    "redirect": lambda n: StubResponse(302, headers={"location": f"http://x/?{quote_plus(SECRET)}"}),
    "busy": lambda n: StubResponse(429, headers={"retry-after": "3600"}),
    "cut": lambda n: StubResponse(0),
    "stalls": lambda n: StubResponse(200, delay=10),
    "expired": lambda n: StubResponse(200, b'{"access_token": "tok-x", "token_type": "Bearer", "expires_in": 0}'),
}


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for record in caplog.records:
        # The HTTP library logs responses at DEBUG; that is the API's data, not ours.
        assert_clean(record.getMessage(), record.name)
        assert_clean(repr(record.__dict__), record.name)


# CREDENTIALS 28
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("everything_logged")
def test_token_endpoint_errors_do_not_leak(fault: str) -> None:
    service = Service()
    service.behave = FAULTS[fault]
    policy = TokenPolicy(attempts=2, attempt_timeout=0.2, total_timeout=0.5, backoff=0.01)
    credentials = ClientCredentials("id", SECRET, policy=policy)
    with TokenServer(service) as server, Client(credentials=credentials, base_url=server.url) as client:
        for _ in range(2):
            try:
                client.sample.get()
            except Exception as error:
                assert_no_leak_in_error(error)
        assert_no_leak(client)
        assert_no_leak(client.sample)
    assert service.token_requests >= 1


@pytest.mark.usefixtures("everything_logged")
def test_call_errors_do_not_leak() -> None:
    service = Service()
    with TokenServer(service) as server:
        credentials = ClientCredentials("id", SECRET)
        keys = ApiKey(KEY)

        async def main() -> None:
            async with AsyncClient(credentials=copy.copy(credentials), base_url=server.url) as client:
                await client.sample.get()
                service.behave = lambda number: None
                service.lifetime = -1.0
                service.revoke()
                try:
                    await client.sample.get()
                except Exception as error:
                    assert_no_leak_in_error(error)
                assert_no_leak(client)

        with Client(credentials=[credentials, keys], base_url=server.url, timeout=2) as client:
            assert client.sample.get()
            service.revoke()
            service.lifetime = 0.0001
            for call in (
                client.sample.get, client.sample.keyed, client.sample.queried, lambda: client.sample.put(chunks())
            ):  # fmt: skip
                with pytest.raises(XCaaSError) as caught:
                    call()
                assert_no_leak_in_error(caught.value)
            assert_no_leak(client.raw)
        service.lifetime = 60.0
        service.revoke()
        asyncio.run(main())


@pytest.mark.usefixtures("everything_logged")
def test_connection_errors_do_not_leak() -> None:
    credentials = ClientCredentials("id", SECRET, policy=TokenPolicy(attempts=1))
    with Client(credentials=[credentials, ApiKey(KEY)], base_url="http://127.0.0.1:9", retries=0) as client:
        for call in (client.sample.get, client.sample.keyed, client.sample.queried):
            with pytest.raises(Exception, match=r".") as caught:
                call()
            assert_no_leak_in_error(caught.value)


def test_interrupted_calls_do_not_leak() -> None:
    """The traceback of a cancelled task or an interrupted thread includes the frames of the token request."""
    world = World(TokenEndpoint(latency=1.0), credential=ClientCredentials("id", SECRET, client_auth="body"))
    task = world.simulation.start(world.acquire())
    world.simulation.at(0.5, lambda: world.simulation.cancel(task, KeyboardInterrupt()))
    world.simulation.run()
    assert isinstance(task.error, KeyboardInterrupt)
    assert_no_leak_in_error(task.error)


def test_failing_callables_do_not_leak() -> None:
    def vault() -> str:
        response = {"data": SECRET}
        raise LookupError(response)

    world = World(credential=ClientCredentials("id", vault))
    with pytest.raises(xcaas_core.SecretUnavailableError) as caught:
        world.token()
    assert_no_leak_in_error(caught.value)


def test_renewal_warnings_do_not_leak(everything_logged: pytest.LogCaptureFixture) -> None:
    world = World(credential=ClientCredentials("id", SECRET))
    world.token()
    world.endpoint.script = [FakeResponse(401, f'{{"error": "{SECRET}"}}'.encode())]
    world.clock.advance(1799 - 250)
    world.token()
    assert any(record.levelno == logging.WARNING for record in everything_logged.records)


def test_leak_checks_detect_leaks() -> None:
    class Careless:
        def __init__(self) -> None:
            self.password = SECRET

    with pytest.raises(AssertionError, match="shows"):
        assert_no_leak(Careless())
    try:
        header = "Bearer " + TOKENS + str(time.time())
        raise ValueError(len(header))
    except ValueError as error:
        with pytest.raises(AssertionError, match="traceback"):
            assert_no_leak_in_error(error)
