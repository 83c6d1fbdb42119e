"""Credentials for the security schemes of a document, and checks of the credentials on requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import unquote_plus

from tests.conformance.document import JSON, Document, Node, OperationNode, is_list, is_object
from tests.conformance.server import ReceivedRequest
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
    """Return a credential, different for each, for all schemes that take one."""
    credentials: dict[str, Credential] = {}
    for name, scheme in schemes(document).items():
        credential = _credential(name, scheme)
        if credential is not None:
            credentials[name] = credential
    return credentials


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
    return [requirement for requirement in declared if is_object(requirement)] if is_list(declared) else []


def security_names(document: Document, operation: OperationNode) -> set[tuple[str, str]]:
    """Return the locations and names of API keys that may be on the request besides its parameters."""
    scheme_names = {name for requirement in _requirements(document, operation) for name in requirement}
    return {
        (scheme.fields.get("in", ""), scheme.fields.get("name", ""))
        for name, scheme in schemes(document).items()
        if name in scheme_names and scheme.fields.get("type") == "apiKey"
    }


def security_faults(
    document: Document, operation: OperationNode, request: ReceivedRequest, call_keys: set[tuple[str, str]]
) -> list[str]:
    """Return the missing schemes if no alternative of the operation is complete. `call_keys` are arguments of the call,
    which count whatever their value.

    A request has one `Authorization` header: of the schemes in an alternative that use it, one is enough.
    """
    declared = schemes(document)
    requirements = _requirements(document, operation)
    # Callers have to provide for undeclared schemes.
    requirements = [
        requirement for requirement in requirements if requirement.keys() <= declared.keys()
    ] or requirements
    missing = [_missing(requirement, declared, request, call_keys) for requirement in requirements]
    if not missing or not all(missing):
        return []
    return [f"{' or '.join('+'.join(names) for names in missing)} is missing from {dict(request.headers.items())}"]


def _missing(
    requirement: dict[str, JSON], declared: dict[str, Node], request: ReceivedRequest, call_keys: set[tuple[str, str]]
) -> list[str]:
    present = {
        name
        for name in requirement
        if name in declared and (_is_given(declared[name], call_keys) or _is_present(name, declared[name], request))
    }
    sharing = {name for name in requirement if name in declared and declared[name].fields.get("type") != "apiKey"}
    needed = [name for name in requirement if name in declared and name not in present]
    return [name for name in needed if not (name in sharing and present & sharing)]


def _is_given(scheme: Node, call_keys: set[tuple[str, str]]) -> bool:
    location, name = scheme.fields.get("in"), str(scheme.fields.get("name")).lower()
    return any((location, name) == (call_location, wire.lower()) for call_location, wire in call_keys)


def _is_present(name: str, scheme: Node, request: ReceivedRequest) -> bool:
    fields = scheme.fields
    authorization = request.header("Authorization") or ""
    if _KIND in fields or any(key.startswith("x-xcaas-") for key in fields):
        return bool(authorization) or any(_keys(fields, request))
    if fields.get("type") == "apiKey":
        return f"key-{name}" in list(_keys(fields, request))
    if fields.get("type") == "http" and str(fields.get("scheme")).lower() == "basic":
        return authorization == "Basic " + base64.b64encode(f"ann:word-{name}".encode()).decode()
    if fields.get("type") in ("oauth2", "openIdConnect") or str(fields.get("scheme")).lower() == "bearer":
        return authorization == f"Bearer token-{name}"
    return True


def _keys(fields: dict[str, JSON], request: ReceivedRequest) -> Iterator[str]:
    name = fields.get("name", "")
    if fields.get("in") == "header" and request.header(name) is not None:
        yield request.header(name) or ""
    elif fields.get("in") == "query":
        yield from (unquote_plus(value) for key, value in parse_pairs(request.query) if key == name)
    elif fields.get("in") == "cookie":
        cookie = SimpleCookie(request.header("Cookie") or "").get(name)
        if cookie is not None:
            yield cookie.value
