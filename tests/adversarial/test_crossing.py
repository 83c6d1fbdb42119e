"""What a server sends behind a response is never the answer to another call."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes
from tests.adversarial.raw_server import Asked, Piece, chunked, json, respond, serving

EVIL = json("EVIL")
BODY = b'{"id":"bait"}'
HEAD_ONLY = respond(length=len(BODY))

# What the bait is answered with, all in one write, and what the call for it gives.
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


def baiting(asked: Asked) -> list[Piece]:
    """Answers every item with itself, and baits as above."""
    return [BAITS[asked.id][0] if asked.id in BAITS else json(asked.id)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_crosses(kind: str, library: str) -> None:
    calls = [("get", id) for bait in BAITS for id in ("a", bait, "b", "c")]
    expected = [answer for _, answer in BAITS.values()]
    with serving(baiting) as server:
        found = outcomes(kind, library, server.url, calls)
        assert found == [answer for bait in expected for answer in ("a", bait, "b", "c")]
        # One that is given up for each bait, and no more.
        assert server.connections == 1 + len(BAITS)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_behind_the_answer_to_a_head_request(kind: str, library: str) -> None:
    with serving(lambda asked: [HEAD_ONLY + EVIL if asked.method == "HEAD" else json(asked.id)]) as server:
        found = outcomes(kind, library, server.url, [("head", "bait"), ("get", "b"), ("get", "c")])
        assert found == [None, "b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late", [EVIL, EVIL[:20], b"\n"], ids=["a response", "half a head", "one byte"])
def test_what_arrives_while_the_connection_is_idle(late: bytes, kind: str, library: str) -> None:
    arrived = threading.Event()

    def script(asked: Asked) -> Iterator[Piece]:
        yield json(asked.id)
        if asked.id == "bait":
            yield 0.01
            yield late
            arrived.set()

    with serving(script) as server:
        calls: list[Call] = [("get", "bait"), ("wait", arrived), ("get", "b"), ("get", "c")]
        assert outcomes(kind, library, server.url, calls) == ["bait", True, "b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_download_that_is_longer_than_announced(kind: str, library: str) -> None:
    sound = bytes(range(256)) * 80
    bait = respond(sound + EVIL, 200, "Content-Type: audio/mpeg", length=len(sound)).replace(
        b"application/json", b"audio/x"
    )
    with serving(lambda asked: [bait if asked.id == "content" else json(asked.id)]) as server:
        calls = [("download", "a"), ("get", "b"), ("content", "a"), ("get", "c"), ("get", "d")]
        assert outcomes(kind, library, server.url, calls) == [sound, "b", sound, "c", "d"]
        assert server.connections == 3


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("whole", [True, False])
# The libraries leave generators of their own to the collector, which trio tells.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stream_that_is_left_early(whole: bool, kind: str, library: str) -> None:
    sound = bytes(100)
    bait = respond(sound + (EVIL if whole else b""), length=100 if whole else 1000).replace(
        b"application/json", b"audio/x"
    )
    with serving(lambda asked: [bait, EVIL] if asked.id == "content" else [json(asked.id)]) as server:
        calls = [("peek", "a"), ("get", "b"), ("get", "c")]
        assert outcomes(kind, library, server.url, calls)[1:] == ["b", "c"]
        assert server.connections == 2


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["blocking", "own blocking"])
def test_threads_keep_their_answers(kind: str, library: str) -> None:
    """One call in three is answered twice over, in many threads at a time."""

    def script(asked: Asked) -> list[Piece]:
        return [json(asked.id) + (json("EVIL") if asked.id.endswith("7") else b"")]

    wrong: list[object] = []
    with serving(script) as server, make(kind, library, server.url) as client:

        def work(number: int) -> None:
            for step in range(30):
                id = f"{number}-{step}7" if step % 3 == 0 else f"{number}-{step}0"
                found = client.items.get(id)
                if found != {"id": id}:
                    wrong.append((id, found))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if kind == "own blocking":
            client._options.http_client.close()
    assert wrong == []


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_good_connections_are_kept(kind: str, library: str) -> None:
    """Also after answers of every kind, so that the guard is known to tell one from the other."""

    def script(asked: Asked) -> list[Piece]:
        answers = {
            "empty": respond(status=204),
            "gone": json("x", 404),
            "pieces": chunked(BODY),
            "same": respond(status=304),
        }
        return [HEAD_ONLY if asked.method == "HEAD" else answers.get(asked.id, json(asked.id))]

    with serving(script) as server:
        ids = ["a", "empty", "gone", "pieces", "same", "b"]
        found = outcomes(kind, library, server.url, [*(("get", id) for id in ids), ("head", "a"), ("get", "c")])
        assert found == ["a", None, "NotFoundError", "bait", "RedirectError", "b", None, "c"]
        assert server.connections == 1
