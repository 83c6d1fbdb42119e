"""The table of required credential behaviour. Each row has a test, marked with its number."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.sample_client import Client
from xcaas_core import ClientCredentials
from xcaas_core.testing import FakeServer

ROWS = {
    1: "first call, 100 threads: one token request, 100 successes",
    2: "first call, 100 tasks of a loop: one token request, and the loop is never blocked",
    3: "one credentials object in blocking code, async code and two event loops in turn: works",
    4: "more than the advisory window remains: no request, and no lock is taken",
    5: "advisory window: one caller renews, the others use the current token without waiting",
    6: "a renewal in the advisory window fails: a warning without secrets, the current token, another try after a pause",
    7: "mandatory window, or expired: callers wait for one renewal, and each gets its failure once",
    8: "the leader raises, or is cancelled: a waiting caller takes over",
    9: "a token that lives shorter than the windows: windows shrink, and not every call renews",
    10: "expires_in missing, a string, a fraction, 0, negative, huge or NaN: parsed, assumed, or used once",
    11: "the wall clock jumps by an hour: no effect",
    12: "suspend and resume, where the monotonic clock may stop: the 401 recovers within one replay",
    13: "the server's Date is far from the local time: no effect",
    14: "401 to a call: that token only is dropped, another requested, and the call sent once more",
    15: "50 calls get a 401 for the same old token: one token request, 50 replays",
    16: "401 again after the replay: an error with the request id, whatever the policy of retries",
    17: "403: no other token is requested",
    18: "a body that can be read once: no replay, and an error that says so",
    19: "a replay keeps method, headers and body",
    20: "429 with Retry-After from the token endpoint: all callers wait, up to a limit",
    21: "5xx or a timeout of the token endpoint: bounded retries within one deadline",
    22: "invalid_client: no retry, remembered for a short time; the message has the code, not body or secret",
    23: "HTML, an empty body, a list, no access_token, another token_type: a typed error without the body",
    24: "a new token that has expired already: an error",
    25: "other scopes, audience or account: another key in caches; the order of scopes does not matter",
    26: "a rotated secret: the next token request uses it",
    27: "the client authenticates by HTTP Basic or in the body, as the spec says, never both",
    28: "repr, str, vars, logs, errors, locals in tracebacks, pickles: neither secret nor token",
    29: "copies and forked children: locks of their own, none inherited locked",
    30: "redirects of the API or the token endpoint: not followed",
    31: "plain HTTP: refused, but for loopback and, for calls, insecure_hosts",
    32: "an absolute URL on another host: no credentials, unless the host is listed",
    33: "the caller set Authorization: it stays, and no token is requested",
    34: "proxy, CA and timeouts: the same for token requests, within a deadline of their own",
    35: "close: closes what the client created, more than once without harm",
    36: "the interpreter exits: no thread blocks it",
    37: "the cache in a file: optional, 0600, atomic, no symlinks, locked; a corrupt file counts as empty",
    38: "counters and events: acquired, reused, renewed early, failed, replayed",
    39: "a fake clock and a fake transport are public, for the tests of users",
}
"""Situation and required behaviour. A test of row 7 is marked by the comment `# CREDENTIALS 7` above it."""


def test_every_row_has_a_test_that_names_its_number() -> None:
    sources = [path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py")]
    # A number counts only where a test follows, with its decorators in between.
    marker = re.compile(r"^ *# CREDENTIALS (\d+)\n(?: *[@)\]\"'(\[#].*\n| {4,}.*\n)*? *def test_", re.MULTILINE)
    assert {int(number) for source in sources for number in marker.findall(source)} == set(ROWS)


# CREDENTIALS 39
def test_fake_clock_and_fake_transport_are_public() -> None:
    server = FakeServer(check=False)
    with Client(http_client=server, credentials=ClientCredentials("id", "secret")) as client:
        client.sample.get()
        client.sample.get()
        assert len(server.token_requests) == 1
        server.clock.sleep(86400)
        client.sample.get()
        assert len(server.token_requests) == 2
