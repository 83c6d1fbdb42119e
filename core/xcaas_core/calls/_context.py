"""The state of a call that its errors report. Errors of calls, pages, jobs and downloads are all completed here."""

from __future__ import annotations

from typing import TypeVar

from .._errors import Attempt, ResponseError, XCaaSError
from .._redaction import Redactor, redactor_of, safe_url
from ..http._headers import request_id_of
from ..operations._operation import Operation
from ..sansio._messages import Request, Response

__all__ = ["AnyError", "CallContext", "mask_error"]

AnyError = TypeVar("AnyError", bound=XCaaSError)


def mask_error(error: XCaaSError, redactor: Redactor) -> None:
    """Mask credentials in the messages of an error."""
    mask = redactor.text
    error.args = tuple(mask(arg) if isinstance(arg, str) else arg for arg in error.args)
    error.advice = None if error.advice is None else mask(error.advice)
    error.request_id = None if error.request_id is None else mask(error.request_id)
    if isinstance(error, ResponseError):
        error.code = None if error.code is None else mask(error.code)


class CallContext:
    """An operation, its request once built, and the attempts made so far."""

    __slots__ = ("attempts", "operation", "request")

    def __init__(self, operation: Operation[object]) -> None:
        self.operation: Operation[object] = operation
        self.request: Request | None = None
        self.attempts: list[Attempt] = []

    @property
    def url(self) -> str | None:
        """The URL of the request, without secrets."""
        return None if self.request is None else self.redactor().text(safe_url(self.request.url))

    def redactor(self) -> Redactor:
        """Return a redactor of this call's credentials, for what the server sent."""
        request = self.request
        return Redactor() if request is None else redactor_of(request.headers, request.url, request.secrets)

    def complete(self, error: AnyError, response: Response | None = None) -> AnyError:
        """Add the attributes that an error does not have yet."""
        if error.operation is None:
            error.operation = self.operation.call
        if error.method is None:
            error.method = self.operation.method
            error.url = self.url
        if not error.attempts:
            error.attempts = tuple(self.attempts)
        if response is not None:
            if error.status is None:
                error.status = response.status
            if error.request_id is None:
                error.request_id = request_id_of(response.headers)
        mask_error(error, self.redactor())
        return error
