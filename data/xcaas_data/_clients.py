"""Clients by reference: what travels says where the credentials are, never what they are."""

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
_lock: Final = threading.RLock()  # one for all: providers that use each other would wait for each other for ever


@atexit.register
def close_clients() -> None:
    """Close the connections of all clients: those of slices and those of file systems. A client that is used again opens new ones."""
    with _lock:
        while _clients:
            _clients.popitem()[1].close()


@cache
def bare_client() -> xcaas.XCaaS:
    """Return a client for what no request is sent for: signatures and schemas."""
    return xcaas.XCaaS()


def check_reference(reference: object, kind_of_error: type[xcaas.ArgumentError] = xcaas.ArgumentError) -> str:
    """Return a reference to credentials as it is. Raises an error for any other text."""
    reference = reference if isinstance(reference, str) else ""
    kind, _, name = reference.partition(":")
    module, _, function = name.partition(":")
    if (
        kind not in _KINDS
        or (kind == "environment") is bool(name)
        or (kind == "provider" and not (module and function))
    ):
        # Not shown: it may be the secret itself, given by mistake.
        raise kind_of_error(
            "the value of credentials is not a reference",
            advice="Give 'environment', 'profile:NAME' or 'provider:MODULE:FUNCTION'.",
        )
    return reference


def client_for(reference: str) -> xcaas.XCaaS:
    """Return the client of a reference: one for all slices and file systems of a process, so that they
    share tokens and limits.

    It is closed when the process ends.
    """
    with _lock:
        found = _clients.get(reference)
        if found is None:
            found = _clients[reference] = _make(check_reference(reference))
        return found


def _make(reference: str) -> xcaas.XCaaS:
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
    made = provide()
    if not isinstance(made, xcaas.XCaaS):
        raise xcaas.ArgumentError(f"the provider {module}:{function} returned a {type(made).__name__}, not an XCaaS")
    return made
