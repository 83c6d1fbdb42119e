"""Rejects new connections on which the server sends data before the request.

HTTP libraries would read that data as the response to the first request; the real response would then go to the next
call, and so on.
"""

from __future__ import annotations

import ssl
from typing import Any

from .._errors import ConnectError
from ._leftovers import unread

__all__ = ["refuse_early"]


def refuse_early(network: Any) -> None:
    """Raise `ConnectError` if data has arrived before anything was sent."""
    if _has_early_data(network):
        raise ConnectError(
            "the server sent something, or closed the connection, before there was a request",
            advice="Check base_url and proxies: this is not how HTTP servers behave.",
        )


def _has_early_data(network: Any) -> bool:
    tls = network.get_extra_info("ssl_object")
    if tls is None:
        return bool(network.get_extra_info("is_readable")) or unread(network)
    # TLS session tickets make the socket readable, so only decrypted bytes count.
    if isinstance(tls, ssl.SSLObject):
        read: Any = tls.read
    else:
        sock = network.get_extra_info("socket")
        sock.settimeout(0)  # the library sets it before each use
        read = sock.recv
    try:
        read(1)
    except OSError:  # from `ssl`: nothing to read
        return False
    return True
