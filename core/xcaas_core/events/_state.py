"""The state of an event stream, without I/O: position, acknowledgements, errors, waits."""

from __future__ import annotations

import logging
import warnings
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from .._checks import is_object
from .._errors import ConnectionLostError, DecodeError, TransportError, XCaaSError
from .._lazy import public
from ..calls._context import CallContext
from ..calls._error_responses import response_error
from ..calls._requests import build_request
from ..calls._retry import retry_wait, should_retry
from ..http._headers import requested_wait
from ..models import LenientReading, resolve
from ..operations._operation import Call, Operation
from ._documented import as_documented
from ._frames import Event, Frame, parse_frame, parse_payload

if TYPE_CHECKING:
    from ..auth.security._authorizer import AppliedCredentials
    from ..calls._engine import Engine
    from ..sansio._messages import Request, Response
    from ..sansio._steps import Flow

__all__ = ["FrameTooBigError", "StreamState"]

T = TypeVar("T")
_log: Final = logging.getLogger("xcaas")
_MAX_ACKNOWLEDGED: Final = 1000  # Pulsar's longest queue: so many acknowledgements may be lost with a connection
_MAX_INSTANCES: Final = 64
HANDSHAKE_TIMEOUT: Final = 45.0  # seconds, as the vendor advises


@public
class FrameTooBigError(TransportError):
    """A frame is longer than `max_frame_size`. It would be sent again, so the stream does not reconnect."""


class StreamState(Generic[T]):
    """The state of one stream, across its connections.

    A reader sends its position, `resume_token`; the service keeps that of a consumer. An event that is delivered
    again after its acknowledgement is acknowledged again and skipped.
    """

    def __init__(self, engine: Engine, operation: Operation[T], args: tuple[object, ...]) -> None:
        self.engine: Engine = engine
        self.context: CallContext = CallContext(operation)
        self.pending: str | None = None
        """Id of the last returned event, until it is acknowledged."""
        self.closed = False
        self._call: Call[T] = Call(operation, args)
        self._is_reader = operation.index("query", "messageId") is not None
        self.resume_token: str | None = self._initial_token()
        self._credentials: AppliedCredentials | None = None
        self._has_renewed = False
        self._failures = 0
        self._connected = False
        self._resumed = False
        self._warned = False
        self._in_sequence = True
        self._acknowledged: OrderedDict[str, None] = OrderedDict()
        self._sequence_numbers: OrderedDict[str, int] = OrderedDict()
        self._lenient = LenientReading()
        self._codec: Any = None  # of T, which its type can't say

    def _initial_token(self) -> str | None:
        position = self._call.operation.index("query", "messageId")
        token = None if position is None or position >= len(self._call.args) else self._call.args[position]
        return None if token is None else str(token)

    # --- connecting --------------------------------------------------------------

    def handshake(self) -> Flow[Request]:
        """Return the request for the next connection, with credentials."""
        try:
            endpoint = self.engine.endpoint(self._call.operation)
            call = self._call
            if self._is_reader and self.resume_token is not None:
                call = call.with_argument("query", "messageId", self.resume_token)
            request, needs_credentials = build_request(self.engine, endpoint, call)
            self.context.request = request
            request.timeout = HANDSHAKE_TIMEOUT
            if needs_credentials and endpoint.authorizer is not None:
                deadline = self.engine.shared.clock() + HANDSHAKE_TIMEOUT
                self._credentials = yield from endpoint.authorizer.authorize(
                    request, deadline=deadline, replay=self._has_renewed
                )
            return request
        except XCaaSError as error:
            self.context.complete(error)
            raise

    def handle_refusal(self, request: Request, response: Response) -> Flow[float]:
        """Return the seconds to wait before another handshake, or raise the error for the response."""
        authorizer = self.engine.endpoint(self._call.operation).authorizer
        if response.status == 401 and authorizer is not None and not self._has_renewed:
            deadline = self.engine.shared.clock() + HANDSHAKE_TIMEOUT
            self._has_renewed = yield from authorizer.rejected(request, response, self._credentials, deadline=deadline)
            if self._has_renewed:
                return 0.0
        policy = self.engine.options.retries
        retry_after = requested_wait(response.headers, response.status, self.engine.shared.wall())
        wait = self._next_wait(retry_after) if response.status in policy.statuses else None
        if wait is not None:
            return wait
        error = response_error(self._call.operation, response, retry_after, self.context.redactor())
        if authorizer is not None:
            error.advice = authorizer.explain(response.status, self._credentials) or error.advice
        if response.status < 300:
            error.advice = "This host opens no streams: check cluster, base_url and proxies."
        raise self.context.complete(error, response)

    def mark_connected(self) -> None:
        """Record a new connection."""
        self._has_renewed = False
        self._resumed = self._connected
        self._connected = True
        if self._resumed and self._is_reader and self.resume_token in (None, "latest"):
            self._warn("nothing was acknowledged yet, so it starts at the latest event")

    def handle_failure(self, error: TransportError) -> float:
        """Return the seconds to wait before the next connection, or raise the error."""
        wait = None
        if not isinstance(error, FrameTooBigError) and should_retry(error, safe=True):
            wait = self._next_wait(None)
        if wait is None:
            raise self.context.complete(error)
        _log.info("%s: %s; again in %.2f s", self._call.operation.call, error, wait)
        return wait

    def _next_wait(self, retry_after: float | None) -> float | None:
        """Count a failure. Return the seconds until the next attempt, or None to give up.

        A stream that was connected once retries without limit; before that, as often as a call.
        """
        policy = self.engine.options.retries
        self._failures += 1
        if policy.retries == 0 or (not self._connected and self._failures > policy.retries):
            return None
        return retry_wait(policy, self._failures, retry_after, self.engine.shared.draw())

    # --- events ------------------------------------------------------------------

    def handle_frame(self, text: str | bytes) -> tuple[Event[T] | None, str | None]:
        """Return the event of a frame, or the id of a duplicate to acknowledge at once.

        Raises:
            DecodeError: The frame or its payload is invalid.
        """
        try:
            frame = parse_frame(text)
        except DecodeError as error:
            raise self.context.complete(error) from None
        self._failures = 0
        if frame is None:
            return None, None
        if frame.id in self._acknowledged:
            return None, frame.id
        return Event(
            frame.id, self._payload(frame), frame.published, frame.properties, frame.redeliveries, frame.key
        ), None

    def _payload(self, frame: Frame) -> T:
        if self._codec is None:
            operation = self._call.operation
            spec = operation.responses["101"]
            annotation = None if isinstance(spec, tuple) else spec.annotation
            self._codec = resolve(annotation or "object", operation.product.package)
        self.pending = frame.id  # also if it is invalid: iterating on after the error skips it
        try:
            raw = parse_payload(frame.payload)
            documented = as_documented(raw, self._codec)
        except (ValueError, RecursionError):
            raise self.context.complete(
                DecodeError(
                    f"the payload of event {frame.id} is not JSON in base64, or is nested too deeply",
                    advice="Continue with the next event.",
                )
            ) from None
        self._track_sequence(raw)
        try:
            # Invalid fields are kept as received: a stream must get past them.
            value: T = self._codec.decode(documented, lenient=self._lenient)
        except DecodeError as error:
            error.args = (f"the payload of event {frame.id}: {error.args[0]}",)
            error.advice = "Continue with the next event."
            raise self.context.complete(error) from None
        return value

    def mark_acknowledged(self, id: str) -> None:
        """Record that an event is acknowledged."""
        self.pending = None
        if self._is_reader:
            self.resume_token = id
        self._acknowledged[id] = None
        if len(self._acknowledged) > _MAX_ACKNOWLEDGED:
            self._acknowledged.popitem(last=False)

    # --- gaps --------------------------------------------------------------------

    def _track_sequence(self, raw: object) -> None:
        """Follow the sequence numbers of a service instance, and warn of missing events after reconnecting.

        The numbers need not be contiguous, as a topic may show only some events. So a hole means a gap only on a
        new connection, if there was none before.
        """
        info = _message_info(raw)
        instance, text = info.get("instanceId"), info.get("sequenceId")
        if not isinstance(instance, str) or not isinstance(text, str) or not text.isdecimal() or len(text) > 18:
            return
        previous, number = self._sequence_numbers.get(instance), int(text)
        self._sequence_numbers[instance] = max(number, previous or 0)
        self._sequence_numbers.move_to_end(instance)
        if len(self._sequence_numbers) > _MAX_INSTANCES:
            self._sequence_numbers.popitem(last=False)
        if previous is not None and number > previous + 1:
            if self._resumed and self._in_sequence:
                self._warn(f"{number - previous - 1} numbers of instance {instance} are missing")
            self._in_sequence = False
        self._resumed = self._resumed and previous is None

    def _warn(self, reason: str) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self._call.operation.call}: events may be missing after reconnecting: {reason}.",
                stacklevel=2,
            )


def _message_info(raw: object) -> dict[str, object]:
    """Return the `msgInfo` inside the single wrapper of a payload."""
    if is_object(raw) and len(raw) == 1:
        (wrapper,) = raw.values()
        info = wrapper.get("msgInfo") if is_object(wrapper) else None
        if is_object(info):
            return info
    return {}


def connection_lost(reason: str) -> ConnectionLostError:
    """Return the error for a lost connection."""
    return ConnectionLostError(f"the stream broke: {reason}")
