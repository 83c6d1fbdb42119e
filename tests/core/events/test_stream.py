"""Event streams: acknowledgement, resumption, errors and closing."""

from __future__ import annotations

import threading
import time
import warnings
from contextlib import suppress

import pytest

from tests.core.events.support import TOPIC, RawServer, blocking_client, frame, message
from xcaas import (
    ApiKey,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ConnectionLostError,
    DecodeError,
    PermissionDeniedError,
    RedirectError,
    ResponseError,
    ServerError,
    TransportError,
    XCaaS,
)
from xcaas.events import models
from xcaas.testing import FakeServer
from xcaas_core.sdk import EventStream
from xcaas_sandbox import Fault, Sandbox
from xcaas_sandbox._event_log import Events

CREATED = {"Interaction": {"event": "InteractionCreated"}}


def wait_until_acknowledged(log: Events, acknowledged: int) -> None:
    deadline = time.monotonic() + 10
    while log.acknowledged < acknowledged and time.monotonic() < deadline:
        time.sleep(0.005)
    assert log.acknowledged == acknowledged


def test_events_are_typed(sandbox: Sandbox, log: Events) -> None:
    log.extend(8)
    interactions: list[object] = []
    with (
        blocking_client(sandbox.base_url) as client,
        client.events.read(TOPIC, resume_token="earliest") as events,
    ):
        for event in events:
            interactions.append(event.payload.interaction)
            if len(interactions) == 8:
                break
    assert isinstance(interactions[2], models.InteractionAssigned)
    assert interactions[2].agent_phone == "14085550123"
    assert isinstance(interactions[4], models.LineStatus)
    assert interactions[4].status is True
    assert isinstance(interactions[6], models.RecordingStatus)
    assert interactions[6].status == "pause"
    assert isinstance(interactions[7], models.InteractionDeleted)
    assert interactions[7].disposition_code == "100"


def test_event_is_acknowledged_when_the_next_is_requested(sandbox: Sandbox, log: Events) -> None:
    log.extend(3)
    with blocking_client(sandbox.base_url) as client:
        events = client.events.read(TOPIC, resume_token="earliest")
        first = next(events)
        assert (log.acknowledged, events.resume_token) == (0, "earliest")
        next(events)
        wait_until_acknowledged(log, 1)
        assert events.resume_token == first.id
        events.close()
        assert list(events) == []
    assert log.acknowledged == 1


def test_with_acknowledges_the_last_event_unless_its_body_raised(sandbox: Sandbox, log: Events) -> None:
    log.extend(2)
    with blocking_client(sandbox.base_url) as client:
        with client.events.read(TOPIC, resume_token="earliest") as events:
            next(events)
        wait_until_acknowledged(log, 1)
        next_stream = client.events.read(TOPIC, resume_token=events.resume_token)
        with pytest.raises(LookupError):
            fail_in_body(next_stream)
    assert log.acknowledged == 1
    assert next_stream.resume_token == events.resume_token


def test_consumer_receives_an_unhandled_event_again(sandbox: Sandbox, log: Events) -> None:
    with blocking_client(sandbox.base_url) as client:
        stream = client.events.consume(TOPIC, "board", receiver_queue_size=1)
        thread = threading.Thread(target=lambda: publish(sandbox, log, 1))
        thread.start()
        with pytest.raises(LookupError):
            fail_in_body(stream)
        thread.join()
        deadline = time.monotonic() + 5
        subscription = log.subscriptions["event-v1/all board"]
        while subscription.consumers and time.monotonic() < deadline:
            time.sleep(0.005)
        with client.events.consume(TOPIC, "board") as next_stream:
            event = next(next_stream)
    assert event.redeliveries == 1


def fail_in_body(stream: EventStream[models.StreamPayload]) -> None:
    with stream:
        for _ in stream:
            raise LookupError


def publish(sandbox: Sandbox, log: Events, count: int) -> None:
    deadline = time.monotonic() + 10
    while not log.subscriptions and time.monotonic() < deadline:
        time.sleep(0.005)
    log.extend(count)


def test_lost_connections_lose_and_repeat_no_event(sandbox: Sandbox, log: Events) -> None:
    log.extend(100)
    sandbox.state.faults.add(Fault(path="/ws/", cut=7, repeat=3))
    ids: list[str] = []
    with (
        blocking_client(sandbox.base_url) as client,
        client.events.read(TOPIC, resume_token="earliest") as events,
    ):
        for event in events:
            ids.append(event.id)
            if len(ids) == 100:
                break
    assert ids == [log.id_of(index) for index in range(100)]


def test_receiver_queue_size_limits_prefetched_events(sandbox: Sandbox, log: Events) -> None:
    log.extend(50)
    with (
        blocking_client(sandbox.base_url) as client,
        client.events.consume(TOPIC, "slow", receiver_queue_size=4) as events,
    ):
        thread = threading.Thread(target=lambda: publish(sandbox, log, 50))
        thread.start()
        next(events)
        thread.join()
        time.sleep(0.1)
        assert log.subscriptions["event-v1/all slow"].position == 54


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, BadRequestError), (401, AuthenticationError), (403, PermissionDeniedError), (307, RedirectError)],
)
def test_refused_handshakes_raise_typed_errors_without_retry(
    sandbox: Sandbox, status: int, error: type[Exception]
) -> None:
    sandbox.state.faults.add(Fault(path="/ws/", status=status, headers={"location": "/ws/elsewhere"}))
    with blocking_client(sandbox.base_url) as client, pytest.raises(error) as caught:
        next(client.events.read(TOPIC))
    assert sandbox.state.faults.fired == 1
    assert "eght_demo_key" not in str(caught.value)


def test_wrong_key_raises_authentication_error(sandbox: Sandbox) -> None:
    with blocking_client(sandbox.base_url, key="wrong") as client, pytest.raises(AuthenticationError):
        next(client.events.read(TOPIC))


def test_exclusive_subscription_has_one_consumer(sandbox: Sandbox, log: Events) -> None:
    with blocking_client(sandbox.base_url) as client, client.events.consume(TOPIC, "one") as first:
        thread = threading.Thread(target=lambda: publish(sandbox, log, 1))
        thread.start()
        next(first)
        thread.join()
        with pytest.raises(ConflictError):
            next(client.events.consume(TOPIC, "one"))


def test_server_errors_are_retried(sandbox: Sandbox, log: Events) -> None:
    log.extend(1)
    sandbox.state.faults.add(Fault(path="/ws/", status=503, times=2))
    with blocking_client(sandbox.base_url) as client:
        with client.events.read(TOPIC, resume_token="earliest") as events:
            assert next(events).id == log.id_of(0)
        sandbox.state.faults.add(Fault(path="/ws/", status=503))
        with pytest.raises(ServerError):
            next(client.events.read(TOPIC))


def test_missing_events_warn_once(sandbox: Sandbox, log: Events) -> None:
    log.extend(20)
    sandbox.state.faults.add(Fault(path="/ws/", cut=2))
    with (
        blocking_client(sandbox.base_url) as client,
        client.events.read(TOPIC, resume_token="earliest") as events,
        pytest.warns(UserWarning, match="events may be missing") as caught,
    ):
        read_while_events_are_dropped(events, log)
    assert len(caught) == 1


def read_while_events_are_dropped(events: EventStream[models.StreamPayload], log: Events) -> None:
    for _ in range(6):
        next(events)
        log.oldest += 4


def test_complete_resumption_does_not_warn(sandbox: Sandbox, log: Events) -> None:
    log.extend(6)
    sandbox.state.faults.add(Fault(path="/ws/", cut=2))
    with (
        warnings.catch_warnings(),
        blocking_client(sandbox.base_url) as client,
        client.events.read(TOPIC, resume_token="earliest") as events,
    ):
        warnings.simplefilter("error")
        assert [next(events).id for _ in range(6)] == [log.id_of(index) for index in range(6)]


def test_agent_streams_have_events_of_one_agent(sandbox: Sandbox, log: Events) -> None:
    log.extend(80)
    with blocking_client(sandbox.base_url) as client:
        with client.events.read_agent("ag0002", resume_token="earliest") as events:
            assert next(events).id == log.id_of(8)
        with client.events.consume_agent("ag0002", "mine") as mine:
            thread = threading.Thread(target=lambda: publish(sandbox, log, 40))
            thread.start()
            assert next(mine).id == log.id_of(88)
            thread.join()


def test_close_ends_a_waiting_iteration(sandbox: Sandbox) -> None:
    with blocking_client(sandbox.base_url) as client:
        events = client.events.read(TOPIC)
        timer = threading.Timer(0.2, events.close)
        timer.start()
        assert list(events) == []
        timer.join()


def test_key_is_sent_in_a_header_and_ids_are_encoded() -> None:
    with RawServer(lambda _: message("a+/=", CREATED)) as server, blocking_client(server.base_url) as client:
        with client.events.read(TOPIC, resume_token="x+/=") as events:
            next(events)
        line = server.requests[0].split(b"\r\n")[0]
        assert line == b"GET /ws/v2/reader/persistent/demotenant/event-v1/all?messageId=x%2B%2F%3D HTTP/1.1"
        assert b"x-api-key: eght_demo_key" in server.requests[0]


def test_missing_pong_loses_the_connection() -> None:
    with RawServer(lambda _: b"") as server, blocking_client(server.base_url, retries=0) as client:
        events = client.events.read(TOPIC)
        events.ping_interval, events.pong_timeout = 0.05, 0.05
        with pytest.raises(ConnectionLostError, match="ping"):
            next(events)


@pytest.mark.parametrize("garbage", [b"{", b"[]", b'{"messageId": 1}', b"null", b"[" * 50_000])
def test_invalid_frames_raise_decode_error(garbage: bytes) -> None:
    with RawServer(lambda _: frame(garbage)) as server, blocking_client(server.base_url) as client:
        with pytest.raises(DecodeError) as caught, client.events.read(TOPIC) as events:
            next(events)
        assert caught.value.operation == "events.read"


def test_invalid_websocket_bytes_lose_the_connection() -> None:
    with RawServer(lambda _: b"\xff\xff\xff\xff") as server, blocking_client(server.base_url, retries=0) as client:
        events = client.events.read(TOPIC)
        events.ping_interval = 0.1
        with pytest.raises(ConnectionLostError):
            next(events)


def test_too_long_frame_ends_the_stream() -> None:
    with RawServer(lambda _: frame(b" " * 5000)) as server, blocking_client(server.base_url) as client:
        events = client.events.read(TOPIC)
        events.max_frame_size, events.ping_interval = 1000, 0.1
        with pytest.raises(TransportError, match="too long"):
            next(events)
        assert len(server.requests) == 1


def test_stream_continues_after_an_invalid_payload() -> None:
    frames = message("1", b"no json") + message("2", CREATED)
    with (
        RawServer(lambda number: frames if number == 1 else message("2", CREATED)) as server,
        blocking_client(server.base_url) as client,
        client.events.read(TOPIC) as events,
    ):
        with pytest.raises(DecodeError):
            next(events)
        assert next(events).id == "2"
        assert events.resume_token == "1"


@pytest.mark.parametrize("payload", [b"null", b"[1]", b"5"])
def test_error_of_a_payload_that_is_no_object_names_the_event_and_how_to_go_on(payload: bytes) -> None:
    with (
        RawServer(lambda _: message("1", payload)) as server,
        blocking_client(server.base_url) as client,
        pytest.raises(DecodeError, match=r"the payload of event 1: an object was .* Continue with the next event\.$"),
    ):
        next(client.events.read(TOPIC))


def test_handshake_that_is_answered_like_a_page_says_what_to_check() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with (
        RawServer(lambda _: None, page) as server,
        blocking_client(server.base_url) as client,
        pytest.raises(ResponseError, match=r"hi\. This host opens no streams: check cluster, base_url and proxies\."),
    ):
        next(client.events.read(TOPIC))


def test_stream_continues_after_a_deeply_nested_payload() -> None:
    frames = message("1", b"[" * 700 + b"]" * 700) + message("2", CREATED)
    with (
        RawServer(lambda number: frames if number == 1 else message("2", CREATED)) as server,
        blocking_client(server.base_url) as client,
        client.events.read(TOPIC) as events,
    ):
        with suppress(DecodeError):  # raised where Python walks through fewer levels than it reads
            next(events)
        assert next(events).id == "2"


def test_huge_sequence_numbers_are_ignored() -> None:
    frames = message("1", b'{"x": {"msgInfo": {"instanceId": "i", "sequenceId": %s}}}' % (b"9" * 5000))
    with (
        RawServer(lambda _: frames) as server,
        blocking_client(server.base_url) as client,
        client.events.read(TOPIC) as events,
    ):
        assert next(events).id == "1"


def test_control_frames_are_skipped() -> None:
    frames = frame(b'{"endOfTopic": "false"}') + frame(b'{"type": "pong"}') + message("1", CREATED)
    with (
        RawServer(lambda _: frames) as server,
        blocking_client(server.base_url) as client,
        client.events.read(TOPIC) as events,
    ):
        assert next(events).id == "1"


def test_unknown_payloads_and_fields_are_kept() -> None:
    payloads = [{"Weather": {"rain": True}}, {"Interaction": {"event": "InteractionSang", "song": 7}}]
    frames = b"".join(message(str(number), payload) for number, payload in enumerate(payloads))
    with (
        RawServer(lambda _: frames) as server,
        blocking_client(server.base_url) as client,
        client.events.read(TOPIC) as events,
    ):
        assert next(events).payload.unknown_fields == {"Weather": {"rain": True}}
        sang = next(events).payload.interaction
    assert sang is not None
    assert sang.to_dict() == {"event": "InteractionSang", "song": 7}


def test_fake_network_raises_for_streams() -> None:
    client = XCaaS(http_client=FakeServer(), tenant="t", cluster="na12", credentials=ApiKey("key"))
    with pytest.raises(ConfigurationError, match="fake"):
        next(client.events.read(TOPIC))
