"""The credentials that a product accepts, as descriptions for users."""

from __future__ import annotations

from xcaas_generator import ir

CREDENTIALS = {
    "client-credentials": "ClientCredentials",
    "api-key": "ApiKey",
    "api-token": "ApiKey with a token",
    "basic-token": "BasicToken",
    "work-analytics-login": "WorkAnalyticsLogin",
}
"""The credential classes to pass to a client, by the kinds of credentials that a security scheme can name."""


def credentials_of(document: ir.Document) -> tuple[str, ...]:
    """Return the credential classes for the operations of a document."""
    used = {name for item in document.operations for schemes in item.security for name in schemes}
    kinds = {scheme.credential for scheme in document.security_schemes if scheme.name in used}
    if "api-token" in kinds:  # which includes a key
        kinds.discard("api-key")
    return tuple(description for kind, description in CREDENTIALS.items() if kind in kinds)


def requirements_sentence(credentials: tuple[str, ...], regions: tuple[str, ...] | None) -> str:
    """Return a sentence on the credentials and regions that a product needs; "" if it needs none."""
    parts = [f"takes {' or '.join(credentials)}"] if credentials else []
    if regions:
        parts.append(f"regions {', '.join(regions)}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""
