"""Data that a server sends after a response is never read as the response of another call."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes
from tests.adversarial.raw_server import Piece, Request, chunked, json, respond, serving

EVIL = json("EVIL")
BODY = b'{"id":"bait"}'
HEAD_ONLY = respond(length=len(BODY))

# Responses with extra data, each sent in one write, and the outcomes of their calls.
BAITS: dict[str, tuple[bytes, Any]] = {
    "200": (json("bait") + EVIL, "bait"),
    "twice": (json("bait") + EVIL + EVIL, "bait"),
    "chunked": (chunked(BODY[:5], BODY[5:]) + EVIL, "bait"),
    "interim": (b"HTTP/1.1 102 Wait\r\n\r\n" + json("bait") + EVIL, "bait"),
    "204": (respond(status=204) + EVIL, None),
    "304": (respond(status=304) + EVIL, "RedirectError"),
    "401": (json("x", 401) + EVIL, "AuthenticationError"),
    "404": (json("x", 404) + EVIL, "NotFoundError"),
    "503": (json("x", 503) + EVIL, "ServerError"),
    "half-a-head": (json("bait") + EVIL[:30], "bait"),
    "one-byte": (json("bait") + b"H", "bait"),
    "line-end": (json("bait") + b"\r\n", "bait"),
    "noise": (json("bait") + bytes(100), "bait"),
    "short-length": (respond(BODY + b"and more", length=len(BODY)), "bait"),
    "no-content": (respond(status=204) + BODY, None),
}


def bait_script(request: Request) -> list[Piece]:
    """Respond with the bait of this id, or else with the item."""
    return [BAITS[request.id][0] if request.id in BAITS else json(request.id)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_extra_data_is_not_read_by_other_calls(kind: str, library: str) -> None:
    calls = [("get", id) for bait in BAITS for id in ("a", bait, "b", "c")]
    expected = [outcome for _, outcome in BAITS.values()]
    with serving(bait_script) as server:
        results = outcomes(kind, library, server.url, calls)
        assert results == [outcome for bait in expected for outcome in ("a", bait, "b", "c")]
        # One connection is dropped for each bait.
        assert server.connections == 1 + len(BAITS)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_after_a_head_response_is_not_read_by_other_calls(kind: str, library: str) -> None:
    with serving(lambda request: [HEAD_ONLY + EVIL if request.method == "HEAD" else json(request.id)]) as server:
        results = outcomes(kind, library, server.url, [("head", "bait"), ("get", "b"), ("get", "c")])
        assert results == [None, "b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", [EVIL, EVIL[:20], b"\n"], ids=["a response", "half a head", "one byte"])
def test_data_on_an_idle_connection_is_not_read_by_other_calls(extra: bytes, kind: str, library: str) -> None:
    arrived = threading.Event()

    def script(request: Request) -> Iterator[Piece]:
        yield json(request.id)
        if request.id == "bait":
            yield 0.01
            yield extra
            arrived.set()

    with serving(script) as server:
        calls: list[Call] = [("get", "bait"), ("wait", arrived), ("get", "b"), ("get", "c")]
        assert outcomes(kind, library, server.url, calls) == ["bait", True, "b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_data_beyond_the_length_of_a_download_is_not_read_by_other_calls(kind: str, library: str) -> None:
    sound = bytes(range(256)) * 80
    bait = respond(sound + EVIL, 200, "Content-Type: audio/mpeg", length=len(sound)).replace(
        b"application/json", b"audio/x"
    )
    with serving(lambda request: [bait if request.id == "content" else json(request.id)]) as server:
        calls = [("download", "a"), ("get", "b"), ("content", "a"), ("get", "c"), ("get", "d")]
        assert outcomes(kind, library, server.url, calls) == [sound, "b", sound, "c", "d"]
        assert server.connections == 3


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("complete", [True, False])
# Trio warns about generators that the libraries leave to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_rest_of_an_unread_stream_is_not_read_by_other_calls(complete: bool, kind: str, library: str) -> None:
    sound = bytes(100)
    bait = respond(sound + (EVIL if complete else b""), length=100 if complete else 1000).replace(
        b"application/json", b"audio/x"
    )
    with serving(lambda request: [bait, EVIL] if request.id == "content" else [json(request.id)]) as server:
        calls = [("peek", "a"), ("get", "b"), ("get", "c")]
        assert outcomes(kind, library, server.url, calls)[1:] == ["b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "own blocking"])
def test_calls_in_threads_get_their_own_responses(kind: str, library: str) -> None:
    """One call in three gets two responses, in many threads at a time."""

    def script(request: Request) -> list[Piece]:
        return [json(request.id) + (json("EVIL") if request.id.endswith("7") else b"")]

    errors: list[object] = []
    with serving(script) as server, make(kind, library, server.url) as client:

        def work(number: int) -> None:
            for step in range(30):
                id = f"{number}-{step}7" if step % 3 == 0 else f"{number}-{step}0"
                results = client.items.get(id)
                if results != {"id": id}:
                    errors.append((id, results))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if kind == "own blocking":
            client._options.http_client.close()
    assert errors == []


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_connections_without_extra_data_are_reused(kind: str, library: str) -> None:
    """Also after each kind of response, so that the guard has no false positives."""

    def script(request: Request) -> list[Piece]:
        responses = {
            "empty": respond(status=204),
            "gone": json("x", 404),
            "pieces": chunked(BODY),
            "same": respond(status=304),
        }
        return [HEAD_ONLY if request.method == "HEAD" else responses.get(request.id, json(request.id))]

    with serving(script) as server:
        ids = ["a", "empty", "gone", "pieces", "same", "b"]
        results = outcomes(kind, library, server.url, [*(("get", id) for id in ids), ("head", "a"), ("get", "c")])
        assert results == ["a", None, "NotFoundError", "bait", "RedirectError", "b", None, "c"]
        assert server.connections == 1
