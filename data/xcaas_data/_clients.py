"""Clients by reference: a reference says where credentials are and contains no secret, so it can leave the process."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Final

import xcaas

__all__ = ["bare_client", "check_reference", "client_for", "close_clients"]

_KINDS: Final = ("environment", "profile", "provider")
_clients: Final[dict[str, xcaas.XCaaS]] = {}
_lock: Final = threading.RLock()  # a single lock: one per reference could deadlock if providers use each other


@atexit.register
def close_clients() -> None:
    """Close the connections of all clients, of slices and of file systems. A client that is used again reconnects."""
    with _lock:
        while _clients:
            _clients.popitem()[1].close()


@cache
def bare_client() -> xcaas.XCaaS:
    """Return a client without credentials, to inspect signatures and schemas. It sends no requests."""
    return xcaas.XCaaS()


def check_reference(reference: object, kind_of_error: type[xcaas.ArgumentError] = xcaas.ArgumentError) -> str:
    """Return `reference` unchanged. Raises `kind_of_error` if it is not a reference to credentials."""
    reference = reference if isinstance(reference, str) else ""
    kind, _, name = reference.partition(":")
    module, _, function = name.partition(":")
    if (
        kind not in _KINDS
        or (kind == "environment") is bool(name)
        or (kind == "provider" and not (module and function))
    ):
        # The value is not shown: it may be a secret, passed by mistake.
        raise kind_of_error(
            "the value of credentials is not a reference",
            advice="Give 'environment', 'profile:NAME' or 'provider:MODULE:FUNCTION'.",
        )
    return reference


def client_for(reference: str) -> xcaas.XCaaS:
    """Return the client of a reference. All slices and file systems of a process share it, and so its tokens and limits.

    It is closed when the process ends.
    """
    with _lock:
        client = _clients.get(reference)
        if client is None:
            client = _clients[reference] = _create_client(check_reference(reference))
        return client


def _create_client(reference: str) -> xcaas.XCaaS:
    kind, _, name = reference.partition(":")
    if kind == "environment":
        return xcaas.XCaaS.from_env()
    if kind == "profile":
        return xcaas.XCaaS.from_env(credentials=xcaas.credentials_from_profile(name))
    module, _, function = name.partition(":")
    try:
        provide: Callable[[], object] = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise xcaas.ArgumentError(f"the provider {module}:{function} cannot be imported: {error}") from error
    client = provide()
    if not isinstance(client, xcaas.XCaaS):
        raise xcaas.ArgumentError(f"the provider {module}:{function} returned a {type(client).__name__}, not an XCaaS")
    return client
