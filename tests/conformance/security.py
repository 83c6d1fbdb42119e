"""Credentials for the security schemes of a document, and whether a request carries what its operation asks for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import unquote_plus

from tests.conformance.document import JSON, Document, Node, OperationNode, is_list, is_object
from tests.conformance.server import Arrived
from tests.conformance.styles import parse_pairs
from xcaas_core import ApiKey, BasicToken, BearerToken, WorkAnalyticsLogin
from xcaas_core.auth.credentials._base import Credential

__all__ = ["credentials_for", "security_faults", "security_names"]

_KIND = "x-xcaas-credential"


def schemes(document: Document) -> dict[str, Node]:
    """Return the security schemes by name."""
    components = document.root.get("components")
    section = components.get("securitySchemes") if components is not None else None
    return dict(section.items()) if section is not None else {}


def credentials_for(document: Document) -> dict[str, Credential]:
    """Return a credential per scheme that takes one. Each key is another one."""
    found: dict[str, Credential] = {}
    for name, scheme in schemes(document).items():
        credential = _credential(name, scheme)
        if credential is not None:
            found[name] = credential
    return found


def _credential(name: str, scheme: Node) -> Credential | None:
    kind = scheme.fields.get("type")
    match scheme.fields.get(_KIND, (kind, str(scheme.fields.get("scheme", "")).lower())):
        case "client-credentials":
            return BearerToken(f"token-{name}")
        case "api-token":
            return ApiKey("key", token="token")
        case "work-analytics-login":
            return WorkAnalyticsLogin("key", "ann", "word")
        case ("http", "basic") | "basic-token":
            return BasicToken("ann", f"word-{name}")
        case ("apiKey", _) | "api-key":
            return ApiKey(f"key-{name}")
        case ("oauth2" | "openIdConnect", _) | ("http", "bearer"):
            return BearerToken(f"token-{name}")
        case _:
            return None


def _requirements(document: Document, operation: OperationNode) -> list[dict[str, JSON]]:
    declared = operation.node.fields.get("security", document.root.fields.get("security"))
    return [one for one in declared if is_object(one)] if is_list(declared) else []


def security_names(document: Document, operation: OperationNode) -> set[tuple[str, str]]:
    """Return places and names of keys that may stand on the request beside its parameters."""
    wanted = {name for one in _requirements(document, operation) for name in one}
    return {
        (scheme.fields.get("in", ""), scheme.fields.get("name", ""))
        for name, scheme in schemes(document).items()
        if name in wanted and scheme.fields.get("type") == "apiKey"
    }


def security_faults(
    document: Document, operation: OperationNode, arrived: Arrived, given: set[tuple[str, str]]
) -> list[str]:
    """Say which schemes are missing, where none of the operation's alternatives is complete. A key in a place that
    the call itself filled is `given`, whatever it is.

    `Authorization` stands once on a request: of the schemes of one alternative that share it, one is enough.
    """
    known = schemes(document)
    requirements = _requirements(document, operation)
    # A scheme that is not declared is for the caller to see to.
    requirements = [one for one in requirements if one.keys() <= known.keys()] or requirements
    missing = [_missing(one, known, arrived, given) for one in requirements]
    if not missing or not all(missing):
        return []
    return [f"{' or '.join('+'.join(names) for names in missing)} is missing from {dict(arrived.headers.items())}"]


def _missing(
    requirement: dict[str, JSON], known: dict[str, Node], arrived: Arrived, given: set[tuple[str, str]]
) -> list[str]:
    there = {
        name
        for name in requirement
        if name in known and (_is_given(known[name], given) or _there(name, known[name], arrived))
    }
    sharing = {name for name in requirement if name in known and known[name].fields.get("type") != "apiKey"}
    asked = [name for name in requirement if name in known and name not in there]
    return [name for name in asked if not (name in sharing and there & sharing)]


def _is_given(scheme: Node, given: set[tuple[str, str]]) -> bool:
    place, name = scheme.fields.get("in"), str(scheme.fields.get("name")).lower()
    return any((place, name) == (where, wire.lower()) for where, wire in given)


def _there(name: str, scheme: Node, arrived: Arrived) -> bool:
    fields = scheme.fields
    authorization = arrived.header("Authorization") or ""
    if _KIND in fields or any(key.startswith("x-xcaas-") for key in fields):
        return bool(authorization) or any(_keys(fields, arrived))
    if fields.get("type") == "apiKey":
        return f"key-{name}" in list(_keys(fields, arrived))
    if fields.get("type") == "http" and str(fields.get("scheme")).lower() == "basic":
        return authorization == "Basic " + base64.b64encode(f"ann:word-{name}".encode()).decode()
    if fields.get("type") in ("oauth2", "openIdConnect") or str(fields.get("scheme")).lower() == "bearer":
        return authorization == f"Bearer token-{name}"
    return True


def _keys(fields: dict[str, JSON], arrived: Arrived) -> Iterator[str]:
    name = fields.get("name", "")
    if fields.get("in") == "header" and arrived.header(name) is not None:
        yield arrived.header(name) or ""
    elif fields.get("in") == "query":
        yield from (unquote_plus(value) for key, value in parse_pairs(arrived.query) if key == name)
    elif fields.get("in") == "cookie":
        crumb = SimpleCookie(arrived.header("Cookie") or "").get(name)
        if crumb is not None:
            yield crumb.value
