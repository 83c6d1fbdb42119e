"""Retries of token requests, and errors for refusals."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.credentials import SECRET, TOKEN_URL, World
from tests.support.simulation import FakeResponse, Outcome, TokenEndpoint
from xcaas_core import (
    ClientCredentials,
    TokenPolicy,
    TokenRateLimitError,
    TokenRefusedError,
    TokenResponseError,
    TokenTimeoutError,
    TokenUnavailableError,
)
from xcaas_core._errors import (
    CertificateError,
    ConnectError,
    ConnectionLostError,
    DecodeError,
    TokenError,
    TransportError,
)


def unavailable(status: int = 429, **headers: str) -> FakeResponse:
    return FakeResponse(status, b"", {name.replace("_", "-"): value for name, value in headers.items()})


# CREDENTIALS 21
@pytest.mark.parametrize(
    "failure",
    [
        unavailable(429),
        unavailable(500),
        unavailable(503),
        unavailable(408),
        ConnectError("no route"),
        ConnectionLostError("reset"),
        FakeResponse(200, b"<html>"),
        FakeResponse(200, b""),
        FakeResponse(200, b'{"access_tok'),
    ],
)
def test_transient_failures_are_retried(failure: Outcome) -> None:
    world = World(TokenEndpoint(script=(failure, failure), latency=0.0))
    assert world.token() == "token-3"
    first, second, third = world.endpoint.seen_at
    assert 0.1 <= second - first <= 0.25
    assert 0.25 <= third - second <= 0.5


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (unavailable(429), TokenRateLimitError),
        (unavailable(502), TokenUnavailableError),
        (ConnectError("no route"), TokenUnavailableError),
        (FakeResponse(200, b"<html>"), TokenResponseError),
    ],
)
def test_lasting_failures_raise_after_all_attempts(failure: Outcome, error: type[TokenError]) -> None:
    world = World(TokenEndpoint(script=(failure,) * 20))
    with pytest.raises(error, match="4 attempts"):
        world.token()
    assert world.endpoint.requests == 4


def test_pauses_are_random() -> None:
    failure = unavailable(503)
    times: list[float] = []
    for random in (0.0, 0.9):
        world = World(TokenEndpoint(script=(failure,), latency=0.0), random=lambda random=random: random)  # type: ignore[misc]
        world.token()
        times.append(world.clock.now)
    assert times[0] != times[1]


def test_stalling_endpoint_is_limited_by_the_total_timeout() -> None:
    world = World(TokenEndpoint(latency=10_000.0))
    with pytest.raises(TokenUnavailableError, match="for a token: no answer in time"):
        world.token()
    assert world.clock.now - 1000 <= TokenPolicy().total_timeout + 0.001
    assert all(request.timeout is not None and request.timeout <= 10 for request in world.endpoint.seen)


def test_deadline_of_the_call_limits_each_request() -> None:
    world = World(TokenEndpoint(latency=10_000.0))
    with pytest.raises(TokenTimeoutError):
        world.simulation.call(world.acquire(deadline=1003.0))
    assert world.clock.now == pytest.approx(1003.0)
    assert world.endpoint.seen[0].timeout == pytest.approx(3.0)


def test_past_deadline_raises_without_a_request() -> None:
    world = World()
    with pytest.raises(TokenTimeoutError):
        world.simulation.call(world.acquire(deadline=999.0))
    assert world.endpoint.requests == 0


def test_refused_certificate_is_not_retried() -> None:
    world = World(TokenEndpoint(script=(CertificateError("self-signed", advice="Pass its CA bundle."),)))
    with pytest.raises(TokenUnavailableError, match=r"for a token: self-signed\. Pass its CA bundle\."):
        world.token()
    assert world.endpoint.requests == 1


def test_unknown_content_coding_is_named_and_not_retried() -> None:
    failure = DecodeError("the body comes in the content coding 'x'", advice="Check the proxy.")
    world = World(
        TokenEndpoint(script=(failure, FakeResponse(200, b'{"access_token": "t", "expires_in": "100"}'), failure))
    )
    with pytest.raises(TokenUnavailableError, match=r"coding 'x'.*Check the proxy"):
        world.token()
    assert world.endpoint.requests == 1
    assert world.token() == "t"
    world.clock.advance(85)
    assert world.token() == "t", "a failed early renewal fails no call"


def test_retry_after_is_respected() -> None:
    world = World(TokenEndpoint(script=(unavailable(429, retry_after="7"),), latency=0.0))
    assert world.token() == "token-2"
    assert world.endpoint.seen_at[1] - world.endpoint.seen_at[0] >= 7


def test_retry_after_as_a_date_counts_from_the_servers_clock() -> None:
    wrong_clock = datetime(2001, 1, 1, tzinfo=UTC)
    headers = {
        "date": format_datetime(wrong_clock, usegmt=True),
        "retry-after": format_datetime(wrong_clock + timedelta(seconds=5), usegmt=True),
    }
    world = World(TokenEndpoint(script=(FakeResponse(503, b"", headers),), latency=0.0))
    assert world.token() == "token-2"
    assert 5 <= world.endpoint.seen_at[1] - world.endpoint.seen_at[0] <= 6


# CREDENTIALS 20
def test_long_retry_after_raises_for_all_callers() -> None:
    world = World(TokenEndpoint(script=(unavailable(429, retry_after="120"),)))
    tasks = [world.simulation.start(world.acquire()) for _ in range(10)]
    world.simulation.run()
    for task in tasks:
        assert isinstance(task.error, TokenRateLimitError)
        assert task.error.retry_after == 120
    for _ in range(5):
        with pytest.raises(TokenRateLimitError):
            world.token()
    assert world.endpoint.requests == 1
    world.clock.advance(121)
    assert world.token() == "token-2"


@pytest.mark.parametrize("retry_after", ["30000000", "9" * 400])
def test_absurd_retry_after_is_limited(retry_after: str) -> None:
    """A value in milliseconds, for example, blocks requests for five minutes only."""
    world = World(TokenEndpoint(script=(unavailable(429, retry_after=retry_after),)))
    with pytest.raises(TokenRateLimitError) as caught:
        world.token()
    assert caught.value.retry_after == float(retry_after)
    world.clock.advance(299)
    with pytest.raises(TokenRateLimitError):
        world.token()
    assert world.endpoint.requests == 1
    world.clock.advance(2)
    assert world.token() == "token-2"


def test_absurd_retry_after_of_an_early_renewal_is_limited() -> None:
    world = World()
    assert world.token() == "token-1"
    world.endpoint.script.append(unavailable(429, retry_after="9" * 12))
    world.clock.advance(1799 - 61)
    assert world.token() == "token-1"
    assert world.endpoint.requests == 2
    world.clock.advance(301)
    assert world.token() == "token-3"


def test_invalid_header_lines_are_not_quoted() -> None:
    """It may be the token."""
    text = 'did not speak HTTP: illegal header line: bytearray(b\'{"access_token": "T0KEN"}\')'
    world = World(TokenEndpoint(script=(ConnectionLostError(text),) * 9))
    with pytest.raises(TokenUnavailableError, match=r"did not speak HTTP: illegal header line \(") as caught:
        world.token()
    assert "T0KEN" not in str(caught.value)


def test_call_without_time_to_wait_leaves_renewal_to_others() -> None:
    world = World(TokenEndpoint(script=(unavailable(429, retry_after="10"),), latency=0.0))
    hurried = world.simulation.start(world.acquire(deadline=1002.0))
    patient = world.simulation.start(world.acquire())
    world.simulation.run()
    assert isinstance(hurried.error, TokenTimeoutError)
    assert patient.value is world.manager.current
    assert world.endpoint.seen_at[1] >= 1010, "the second request respects Retry-After of the first"


def test_advisory_renewal_respects_retry_after_without_waiting() -> None:
    world = World(TokenEndpoint(latency=0.0))
    world.token()
    world.endpoint.script = [unavailable(429, retry_after="60")]
    world.clock.advance(1799 - 250)
    start = world.clock.now
    for _ in range(30):
        assert world.token() == "token-1"
        world.clock.advance(1.9)
    assert world.endpoint.requests == 2
    assert world.clock.now - start == pytest.approx(57)
    world.clock.advance(5)
    assert world.token() == "token-3"


# CREDENTIALS 22
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 407, 301, 302, 307])
def test_refusals_are_not_retried(status: int) -> None:
    response = FakeResponse(
        status, b'{"error": "invalid_client", "error_description": "the body"}', {"x-request-id": "r-7"}
    )
    world = World(TokenEndpoint(script=(response,)))
    with pytest.raises(TokenRefusedError) as caught:
        world.token()
    assert world.endpoint.requests == 1
    error = caught.value
    assert (error.status, error.code, error.request_id) == (status, "invalid_client", "r-7")
    text = str(error)
    assert "invalid_client" in text
    assert TOKEN_URL in text
    assert "the body" not in text
    assert SECRET not in text
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("header", ["x-request-id", "x-response-id", "x-correlation-id"])
@pytest.mark.parametrize("response", [(400, b"{}"), (503, b""), (429, b""), (200, b"[]"), (200, b"<html>")])
def test_errors_have_the_servers_request_id(response: tuple[int, bytes], header: str) -> None:
    world = World(TokenEndpoint(script=(FakeResponse(*response, {header: "r-7"}),) * 4))
    with pytest.raises(TokenError) as caught:
        world.token()
    assert caught.value.request_id == "r-7"


def test_redirects_are_named_in_the_error() -> None:
    world = World(TokenEndpoint(script=(FakeResponse(302, b"", {"location": "https://elsewhere.example"}),)))
    with pytest.raises(TokenRefusedError, match="redirect, which is not followed"):
        world.token()


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'{"access_token": "secret-body", "token_type": "mac"}', b'{"access_token": "two words"}'],
)
def test_permanently_invalid_responses_are_not_retried(content: bytes) -> None:
    world = World(TokenEndpoint(script=(FakeResponse(200, content),)))
    with pytest.raises(TokenResponseError) as caught:
        world.token()
    assert world.endpoint.requests == 1
    assert "secret-body" not in str(caught.value)


def test_transport_errors_leave_no_trace_of_the_request() -> None:
    world = World(TokenEndpoint(script=(ConnectError("no route"),) * 4))
    with pytest.raises(TokenUnavailableError) as caught:
        world.token()
    assert caught.value.__context__ is None
    assert not isinstance(caught.value, TransportError)


# CREDENTIALS 27
def test_key_and_secret_are_sent_as_basic_with_form_encoded_parts() -> None:
    world = World(credential=ClientCredentials("id with:colon", "s/ecr+t é"))
    world.token()
    request = world.endpoint.seen[0]
    scheme, _, encoded = request.headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(encoded) == b"id+with%3Acolon:s%2Fecr%2Bt+%C3%A9"
    assert request.content == b"grant_type=client_credentials"
    assert (request.method, request.url) == ("POST", TOKEN_URL)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_key_and_secret_are_sent_in_the_body_only_with_client_auth_body() -> None:
    world = World(credential=ClientCredentials("id", "s&cret", client_auth="body"))
    world.token()
    request = world.endpoint.seen[0]
    assert "authorization" not in request.headers
    assert request.content == b"grant_type=client_credentials&client_id=id&client_secret=s%26cret"


def test_scopes_and_parameters_are_sent() -> None:
    credential = ClientCredentials("id", SECRET, scopes=("b", "a"), parameters={"audience": "https://x"})
    world = World(credential=credential)
    world.token()
    assert world.endpoint.seen[0].content == b"grant_type=client_credentials&audience=https%3A%2F%2Fx&scope=a+b"


def test_policy_of_one_attempt_respects_retry_after() -> None:
    world = World(
        TokenEndpoint(script=(unavailable(429, retry_after="5"),), latency=0.0), policy=TokenPolicy(attempts=1)
    )
    with pytest.raises(TokenRateLimitError):
        world.token()
    assert world.token() == "token-2"
    assert world.endpoint.seen_at[1] - world.endpoint.seen_at[0] >= 5


def test_errors_have_the_endpoints_url_and_advice() -> None:
    world = World(TokenEndpoint(script=(FakeResponse(401, b'{"ErrorCode": "InvalidClientId"}'),)))
    with pytest.raises(TokenRefusedError) as caught:
        world.token()
    assert str(caught.value) == (
        "https://api.example.com/oauth/v2/token responded with 401 InvalidClientId: no token. Check the key and its secret "
        "(a key that was deleted or replaced in the Admin Console is refused too)."
    )
