"""Docstrings of methods: meaning, arguments, result, errors, source."""

from __future__ import annotations

from collections.abc import Iterable

from xcaas_generator import ir
from xcaas_generator.plan.tree import Placement
from xcaas_generator.python import docstrings

_ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "406": "NotAcceptableError",
    "409": "ConflictError",
    "412": "PreconditionFailedError",
    "415": "UnsupportedMediaError",
    "422": "UnprocessableError",
    "429": "RateLimitError",
}
_PAGED = "The items, fetched page by page as you iterate; `pages()` yields pages, `limit(n)` stops after n items."
_FILE = "The file, not yet fetched: save it, or read it."
_EVENTS = "The events as they happen. Each is acknowledged when you ask for the next one, or at the end of `with`."
_POLLER = "A poller for the job: wait for its result, get its status, or cancel it."
JOB = "Id of the job: the poller's `id`, or from the response that started it."
"""The description of the argument `id` of a running job."""
_PARTIAL = "`partial` says whether the result is incomplete."
_POLL_FAILS = "The job failed or was cancelled; `PollerTimeoutError` if it took too long."

ArgumentDocs = Iterable[tuple[str, str]]
"""Arguments and their descriptions, in the order of the signature."""


def method_doc(operation: ir.Operation, placement: Placement, arguments: ArgumentDocs, returns: str) -> str:
    """Return the docstring of an operation's method."""
    summary = (
        docstrings.sentence(operation.summary)
        or docstrings.summary(operation.doc)
        or f"`{operation.method} {operation.path}`."
    )
    return docstrings.paragraphs(
        summary,
        "" if docstrings.sentence(operation.doc) == summary else operation.doc,
        f"This only starts the job. `{placement.poll}` also returns a poller to wait for its result."
        if placement.poll
        else "",
        _arguments(arguments),
        _returns(returns),
        _raises(operation),
        _source(operation),
    )


def poll_doc(operation: ir.Operation, arguments: ArgumentDocs) -> str:
    """Return the docstring of the method that starts a job and returns a poller."""
    return docstrings.paragraphs(
        f"{docstrings.summary(operation.summary or operation.doc)} The poller waits for the result.",
        _arguments(arguments),
        _returns(_poller(operation)),
        docstrings.section("Raises", [docstrings.entry("PollerError", _POLL_FAILS)]),
        _source(operation),
    )


def resume_doc(operation: ir.Operation, placement: Placement, arguments: ArgumentDocs) -> str:
    """Return the docstring of the method that returns a poller for a job started earlier."""
    return docstrings.paragraphs(
        f"Return a poller for a job started earlier, by `{placement.poll or placement.verb}` or elsewhere.",
        _arguments(arguments),
        _returns(_poller(operation)),
        docstrings.section("Raises", [docstrings.entry("PollerError", _POLL_FAILS)]),
        _source(operation),
    )


def _poller(operation: ir.Operation) -> str:
    partial = operation.poller is not None and operation.poller.status.partial
    return f"{_POLLER} {_PARTIAL}" if partial else _POLLER


def paged_doc() -> str:
    """Return the description of the result of a paged method."""
    return _PAGED


def file_doc() -> str:
    """Return the description of the result of a method whose response is a file."""
    return _FILE


def events_doc() -> str:
    """Return the description of the result of a method whose response is a stream of events."""
    return _EVENTS


def _arguments(arguments: ArgumentDocs) -> str:
    return docstrings.section("Args", (docstrings.entry(name, doc) for name, doc in arguments))


def _returns(text: str) -> str:
    flat = " ".join(text.split())
    return f"Returns:\n{docstrings.wrap(docstrings.sentence(flat), '    ')}" if flat else ""


def _raises(operation: ir.Operation) -> str:
    entries: list[str] = []
    for response in operation.responses:
        name = error_name(response.status)
        if name is not None:
            entries.append(docstrings.entry(name, f"{response.status}. {docstrings.sentence(response.doc)}"))
    return docstrings.section("Raises", entries)


def error_name(status: str) -> str | None:
    """Return the error class of a status; None if it is no error, or not a specific one."""
    if status.startswith("5"):
        return "ServerError"
    return _ERRORS.get(status, "ResponseError") if status.startswith("4") else None


def _source(operation: ir.Operation) -> str:
    file = operation.place.file.replace("\\", "/").rpartition("/")[2]
    return f"Source: `{operation.id}`, `{operation.method} {operation.path}` in {file}."
