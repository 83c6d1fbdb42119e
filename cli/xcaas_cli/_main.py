"""The command `xcaas`: from arguments to an exit code.

| code | means |
|---|---|
| 0 | done |
| 1 | the call failed; one message on stderr says why |
| 2 | the command line is wrong; nothing was sent |
| 130 | Ctrl-C |
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._messages import say

if TYPE_CHECKING:
    import click

__all__ = ["main"]

COMPLETION = "_XCAAS_COMPLETE"
"""The environment variable with which shells request completions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        return _discard_output(130)


def _run(arguments: list[str]) -> int:
    try:
        import click
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        return _fail("click is not installed: pip install 'xcaas[cli]'")
    from ._root import root

    if COMPLETION in os.environ:
        root.main(prog_name="xcaas", complete_var=COMPLETION)
    if not _open_streams():
        return _fail("stdout is closed")
    try:
        code = _invoke(root, arguments)
        sys.stdout.flush()
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _fail(error.format_message())
    except click.Abort:
        return _discard_output(130)
    except BrokenPipeError:  # the reader has closed the pipe, as `| head` does
        return _discard_output(0)
    except Exception as error:
        return _report(error)
    return code


def _invoke(root: click.Group, arguments: list[str]) -> int:
    """Run a command and return its exit code. Errors are raised."""
    from click.exceptions import Exit

    try:
        with root.make_context("xcaas", arguments) as context:
            root.invoke(context)
    except Exit as exit_:
        return exit_.exit_code
    return 0


def _open_streams() -> bool:
    """Replace a missing stdin or stderr by the null device. Return whether there is a stdout."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open until the process ends
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    return sys.stdout is not None


def _report(error: Exception) -> int:
    """Print an error of the SDK or the system, and return the exit code. Others are bugs, and are raised."""
    from xcaas import (
        ArgumentError,
        ConfigurationError,
        CredentialsError,
        MissingCredentialsError,
        TokenError,
        XCaaSError,
    )

    if not isinstance(error, XCaaSError):
        if isinstance(error, OSError):
            return _discard_output(_fail(_describe(error)))
        raise error
    if isinstance(error, MissingCredentialsError):
        error.advice = f"{error.advice or ''} Or store them in a profile: xcaas auth login.".strip()
    if error.advice:
        error.advice = _as_options(error.advice)
    _fail(str(error))
    if isinstance(error, TokenError):  # unlike other credential errors, raised after a request was sent
        return 1
    return 2 if isinstance(error, ArgumentError | ConfigurationError | CredentialsError) else 1


def _as_options(advice: str) -> str:
    """Replace Python arguments in advice by command-line options."""
    advice = re.sub(r", or allow this host: insecure_hosts=\S+", "", advice)
    advice = re.sub(r"Give the client \w+\(.*?\), or (XCAAS_)", r"Set \1", advice)
    return re.sub(
        r"Pass (?:it to the call, or )?(\w+)=\S+ to the client",
        lambda match: f"Give --{match[1].replace('_', '-')}",
        advice,
    )


def _fail(message: str) -> int:
    say(f"xcaas: {message}")
    return 1


def _describe(error: OSError) -> str:
    prefix = f"{error.filename}: " if error.filename else ""
    return f"{prefix}{error.strerror or error}"


def _discard_output(code: int) -> int:
    """Discard what is buffered for stdout, since flushing it at exit would fail, and return the exit code."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is not a file
        pass
    return code
