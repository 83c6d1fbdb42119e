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
from shutil import get_terminal_size
from textwrap import fill

__all__ = ["main"]

COMPLETION = "_XCAAS_COMPLETE"
"""The variable by which a shell asks for completions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    try:
        import click
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.stderr.write("xcaas: click is not installed: pip install 'xcaas[cli]'\n")
        return 1
    from ._root import root

    if COMPLETION in os.environ:
        root.main(prog_name="xcaas", complete_var=COMPLETION)
    try:
        with root.make_context("xcaas", list(sys.argv[1:] if arguments is None else arguments)) as context:
            root.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _fail(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        return _leave(130)
    except BrokenPipeError:  # `| head` has seen enough
        return _leave(0)
    except OSError as error:
        return _fail(_in_words(error))
    except Exception as error:
        return _failed_call(error)
    return 0


def _failed_call(error: Exception) -> int:
    """Report an error of the SDK; any other is a fault of ours, with its traceback."""
    from xcaas import ArgumentError, ConfigurationError, MissingCredentialsError, XCaaSError

    if not isinstance(error, XCaaSError):
        raise error
    if isinstance(error, MissingCredentialsError):
        error.advice = f"{error.advice or ''} Or keep them in a profile: xcaas auth login.".strip()
    if error.advice:  # it speaks of arguments in Python
        error.advice = re.sub(
            r"Pass (\w+)=… to the client", lambda found: f"Give --{found[1].replace('_', '-')}", error.advice
        )
    _fail(str(error))
    return 2 if isinstance(error, ArgumentError | ConfigurationError) else 1


def _fail(message: str) -> int:
    text = f"xcaas: {message}"
    if sys.stderr.isatty():
        text = fill(text, get_terminal_size().columns - 1, break_long_words=False, break_on_hyphens=False)
    sys.stderr.write(f"{text}\n")
    return 1


def _in_words(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _leave(code: int) -> int:
    """Leave what is still in the buffer of stdout unwritten: nobody reads it, and flushing it would fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # no file behind stdout
        pass
    return code
