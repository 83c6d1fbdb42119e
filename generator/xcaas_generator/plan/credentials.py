"""Which credentials a product takes, in the words of whoever makes a client."""

from __future__ import annotations

from xcaas_generator import ir

CREDENTIALS = {
    "client-credentials": "ClientCredentials",
    "api-key": "ApiKey",
    "api-token": "ApiKey with a token",
    "basic-token": "BasicToken",
    "work-analytics-login": "WorkAnalyticsLogin",
}
"""What a client is given, by the kinds of credentials that a security scheme can name."""


def credentials_of(document: ir.Document) -> tuple[str, ...]:
    """Return what a client is given to call the operations of a document."""
    used = {name for item in document.operations for schemes in item.security for name in schemes}
    kinds = {scheme.credential for scheme in document.security_schemes if scheme.name in used}
    if "api-token" in kinds:  # one credential holds both
        kinds.discard("api-key")
    return tuple(words for kind, words in CREDENTIALS.items() if kind in kinds)


def needs(credentials: tuple[str, ...], regions: tuple[str, ...] | None) -> str:
    """Return a sentence on what a product needs of its client; nothing where there is nothing to say."""
    parts = [f"takes {' or '.join(credentials)}"] if credentials else []
    if regions:
        parts.append(f"regions {', '.join(regions)}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""
