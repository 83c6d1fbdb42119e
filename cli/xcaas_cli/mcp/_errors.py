"""Errors as a model can use them: what failed, what to do, and the request's id. No secret, no traceback."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from pydantic import ValidationError

from xcaas import ConfigurationError, MissingCredentialsError, XCaaSError

__all__ = ["Refusal", "explain", "wrong_arguments"]

_MAX_LENGTH = 2_000
"""Characters of what a service says; it may send a page."""


class Refusal(ValueError):
    """A call that nothing was sent for, as its arguments cannot be right."""


def explain(error: Exception) -> str | None:
    """Return what to tell of an error, None where it is nothing that a caller can mend."""
    if isinstance(error, XCaaSError):
        return _failed_call(error)
    if isinstance(error, click.UsageError):
        return error.message.replace("--", "")
    return str(error) if isinstance(error, Refusal) else None


def wrong_arguments(error: ValidationError, known: Iterable[str]) -> Refusal:
    """Return what says which arguments are wrong, and why."""
    said: list[str] = []
    names = ", ".join(known)
    for found in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            there = f"The arguments are {names}." if names else "This tool has no arguments."
            said.append(f"The argument {name} is unknown. {there}")
        elif found["type"] == "missing":
            said.append(f"The argument {name} is missing.")
        else:
            said.append(f"The argument {name} is wrong: {found['msg']}.")
    return Refusal(" ".join(said))


def _failed_call(error: XCaaSError) -> str:
    what = f"{error.operation} failed" if error.operation else "The call failed"
    status = f" with status {error.status}" if error.status is not None else ""
    lines = [f"{what}{status}: {error.message[:_MAX_LENGTH]}"]
    advice = re.sub(
        r"Pass (\w+)=… to the client",
        lambda found: f"The owner of this server can start xcaas mcp with --{found[1].replace('_', '-')}",
        error.advice or "",
    )
    if isinstance(error, MissingCredentialsError):
        advice = f"{advice} The owner of this server can store credentials with: xcaas auth login.".strip()
    elif isinstance(error, ConfigurationError) and "xcaas mcp" not in advice:
        advice = f"{advice} The owner of this server sets it up: xcaas mcp --help.".strip()
    if advice:
        lines.append(f"What to do: {advice}")
    if error.request_id:
        lines.append(f"Request id, for the vendor's support: {error.request_id}")
    return "\n".join(lines)
