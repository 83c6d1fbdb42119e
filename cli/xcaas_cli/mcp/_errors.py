"""Error messages for models: what failed, what to do, and the request id; no secrets, no traceback."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from pydantic import ValidationError

from xcaas import ConfigurationError, MissingCredentialsError, XCaaSError

__all__ = ["Refusal", "explain", "invalid_arguments"]

_MAX_LENGTH = 2_000
"""In characters. A service may send a whole page as its message."""


class Refusal(ValueError):
    """The arguments of a call are invalid, so nothing was sent."""


def explain(error: Exception) -> str | None:
    """Return the message for an error; None if it is a bug, which a caller cannot fix."""
    if isinstance(error, XCaaSError):
        return _failed_call(error)
    if isinstance(error, click.UsageError):
        return error.message.replace("--", "")
    return str(error) if isinstance(error, Refusal) else None


def invalid_arguments(error: ValidationError, listed: Iterable[str]) -> Refusal:
    """Return the error that names the invalid arguments and the reasons."""
    sentences: list[str] = []
    listed = ", ".join(listed)
    for detail in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            hint = f"The arguments are {listed}." if listed else "This tool has no arguments."
            sentences.append(f"The argument {name} is unknown. {hint}")
        elif detail["type"] == "missing":
            sentences.append(f"The argument {name} is missing.")
        else:
            sentences.append(f"The argument {name} is wrong: {detail['msg']}.")
    return Refusal(" ".join(sentences))


def _failed_call(error: XCaaSError) -> str:
    subject = f"{error.operation} failed" if error.operation else "The call failed"
    status = f" with status {error.status}" if error.status is not None else ""
    lines = [f"{subject}{status}: {error.message[:_MAX_LENGTH]}"]
    advice = re.sub(
        r"Pass (\w+)=… to the client",
        lambda match: f"The owner of this server can start xcaas mcp with --{match[1].replace('_', '-')}",
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
