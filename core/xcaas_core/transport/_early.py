"""The guard against early bytes: a new connection on which the server speaks first is given up before anything is sent.

Clients of HTTP/1.1 speak first. Libraries don't look at a new connection before they write, and read what came early as
the response to its first request; the response to that one then goes to the next call, and so on.
"""

from __future__ import annotations

import ssl
from typing import Any

from .._errors import ConnectError
from ._leftovers import unread

__all__ = ["refuse_early"]


def refuse_early(network: Any) -> None:
    """Raise `ConnectError` if something has arrived on a new connection, over which nothing was sent."""
    if _is_unasked(network):
        raise ConnectError(
            "the server sent something, or closed the connection, before there was a request",
            advice="Check base_url and proxies: this is not how HTTP servers behave.",
        )


def _is_unasked(network: Any) -> bool:
    tls = network.get_extra_info("ssl_object")
    if tls is None:
        return bool(network.get_extra_info("is_readable")) or unread(network)
    # Session tickets make the socket of a sound TLS connection readable, so only deciphered bytes count.
    if isinstance(tls, ssl.SSLObject):
        read: Any = tls.read
    else:
        sock = network.get_extra_info("socket")
        sock.settimeout(0)  # the library sets it before each use
        read = sock.recv
    try:
        read(1)
    except OSError:  # of `ssl`: there is nothing to read
        return False
    return True
