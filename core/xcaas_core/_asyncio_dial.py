"""Reaching a server that has several addresses, some of them dead, as RFC 8305 says ("happy eyeballs").

asyncio's own way to do so is missing in other makers' loops, and fails with eager tasks in Python 3.12 and 3.13.
"""

from __future__ import annotations

import asyncio
import socket
from itertools import chain, zip_longest
from typing import Any, Final, TypeAlias

import anyio

__all__ = ["dial"]

# What `getaddrinfo` gives: family, type, protocol, canonical name, address.
_Found: TypeAlias = "tuple[Any, Any, int, str, Any]"

# Seconds after which the next address of a server is tried as well (RFC 8305, section 5).
_NEXT: Final = 0.25


async def dial(loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
    """A socket connected to whichever of the server's addresses answers first. OSError if none does."""
    addresses = _mixed(await _addresses(loop, host, port))
    if len(addresses) == 1:
        return await _reach(loop, addresses[0])
    first: list[socket.socket] = []
    errors: list[OSError] = []

    async def attempt(address: _Found, over: anyio.Event) -> None:
        try:
            first.append(await _reach(loop, address))
            attempts.cancel_scope.cancel()
        except OSError as error:
            errors.append(error)
        finally:
            over.set()

    try:
        async with anyio.create_task_group() as attempts:
            for address in addresses:
                over = anyio.Event()
                attempts.start_soon(attempt, address, over)
                with anyio.move_on_after(_NEXT):
                    await over.wait()
    except BaseException:
        _close(first)
        raise
    if not first:
        raise OSError("; ".join(dict.fromkeys(map(str, errors)))) from errors[0]
    _close(first[1:])
    return first[0]


async def _addresses(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[_Found]:
    try:  # an address needs no thread that could wait for a name server
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _mixed(found: list[_Found]) -> list[_Found]:
    """Families by turns, so that one that leads nowhere costs one wait; else in the system's order of preference."""
    preferred = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    return [address for address in chain(*zip_longest(preferred, others)) if address is not None]


async def _reach(loop: asyncio.AbstractEventLoop, found: _Found) -> socket.socket:
    family, kind, protocol, _, address = found
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


def _close(sockets: list[socket.socket]) -> None:
    for sock in sockets:
        sock.close()
