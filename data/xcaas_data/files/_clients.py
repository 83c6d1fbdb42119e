"""The clients behind file systems: one per credentials, so that all file systems and threads share tokens and connections."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from threading import RLock
from typing import Any, NamedTuple

from xcaas import XCaaS, credentials_from_profile

__all__ = ["Access", "client_for", "close_clients"]


class Access(NamedTuple):
    """Whose recordings, and where: in words that are safe to store and to send to other machines."""

    profile: str | None
    credentials: str | None
    base_url: str | None


_clients: dict[Access, XCaaS] = {}
_copies: dict[tuple[Access, str], XCaaS] = {}
_lock = RLock()


def client_for(access: Access, region: str | None) -> XCaaS:
    """Return the client of a region. Raises `ConfigurationError` if there is no such region."""
    with _lock:
        client = _clients.get(access)
        if client is None:
            client = _clients[access] = _make(access)
        if region is None:
            return client
        key = (access, region)
        if key not in _copies:
            _copies[key] = client.with_options(region={"storage": region})
        return _copies[key]


def close_clients() -> None:
    """Close all connections of file systems. Those that are used again open new ones."""
    with _lock:
        for client in _clients.values():
            client.close()
        _clients.clear()
        _copies.clear()


def _make(access: Access) -> XCaaS:
    given: dict[str, Any] = {"base_url": access.base_url}
    if access.profile is not None:
        given["credentials"] = credentials_from_profile(access.profile)
    elif access.credentials is not None:
        given["credentials"] = _named(access.credentials)
    return XCaaS.from_env(**given)


def _named(reference: str) -> Callable[[], object]:
    """Return the function that `package.module:function` names."""
    module, _, name = reference.partition(":")
    found: Callable[[], object] = getattr(import_module(module), name)
    return found
