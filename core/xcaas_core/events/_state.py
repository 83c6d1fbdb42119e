"""What a stream decides, without I/O: where it goes on, what is acknowledged, what ends it, how long it waits."""

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
_QUEUE: Final = 1000  # the longest queue that Pulsar has: of so many events, acknowledgements may be lost in a cut
_INSTANCES: Final = 64
HANDSHAKE: Final = 45.0  # seconds, as the vendor advises


@public
class FrameTooBigError(TransportError):
    """A frame is longer than the stream takes. The same one would come again, so there is no point in reconnecting."""


class StreamState(Generic[T]):
    """One stream, over all its connections.

    A reader's position is `resume_token`, which is sent again; a consumer's is the service's. In both, an event is
    handed out once: one that comes again although it was acknowledged is acknowledged again and skipped.
    """

    def __init__(self, engine: Engine, operation: Operation[T], args: tuple[object, ...]) -> None:
        self.engine: Engine = engine
        self.context: CallContext = CallContext(operation)
        self.pending: str | None = None
        """The id of the event that was handed out last, while it is not acknowledged."""
        self.closed = False
        self._call: Call[T] = Call(operation, args)
        self._is_reader = operation.index("query", "messageId") is not None
        self.resume_token: str | None = self._given_position()
        self._grant: AppliedCredentials | None = None
        self._renewed = False
        self._failures = 0
        self._connected = False
        self._resumed = False
        self._warned = False
        self._in_sequence = True
        self._done: OrderedDict[str, None] = OrderedDict()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._lenient = LenientReading()
        self._codec: Any = None  # of T, which its type can't say

    def _given_position(self) -> str | None:
        position = self._call.operation.index("query", "messageId")
        given = None if position is None or position >= len(self._call.args) else self._call.args[position]
        return None if given is None else str(given)

    # --- connecting --------------------------------------------------------------

    def handshake(self) -> Flow[Request]:
        """Return the request that opens the next connection, with credentials on it."""
        try:
            endpoint = self.engine.endpoint(self._call.operation)
            call = self._call
            if self._is_reader and self.resume_token is not None:
                call = call.with_argument("query", "messageId", self.resume_token)
            request, signs = build_request(self.engine, endpoint, call)
            self.context.request = request
            request.timeout = HANDSHAKE
            if signs and endpoint.authorizer is not None:
                deadline = self.engine.shared.clock() + HANDSHAKE
                self._grant = yield from endpoint.authorizer.authorize(request, deadline=deadline, replay=self._renewed)
            return request
        except XCaaSError as error:
            self.context.complete(error)
            raise

    def refused(self, request: Request, response: Response) -> Flow[float]:
        """Return the seconds to wait before another handshake. Raises what the refusal means if there is to be none."""
        authorizer = self.engine.endpoint(self._call.operation).authorizer
        if response.status == 401 and authorizer is not None and not self._renewed:
            deadline = self.engine.shared.clock() + HANDSHAKE
            self._renewed = yield from authorizer.rejected(request, response, self._grant, deadline=deadline)
            if self._renewed:
                return 0.0
        policy = self.engine.options.retries
        asked = requested_wait(response.headers, response.status, self.engine.shared.wall())
        wait = self._wait(asked) if response.status in policy.statuses else None
        if wait is not None:
            return wait
        error = response_error(self._call.operation, response, asked, self.context.redactor())
        if authorizer is not None:
            error.advice = authorizer.explain(response.status, self._grant) or error.advice
        raise self.context.complete(error, response)

    def opened(self) -> None:
        """Note that a connection was made."""
        self._renewed = False
        self._resumed = self._connected
        self._connected = True
        if self._resumed and self._is_reader and self.resume_token in (None, "latest"):
            self._warn("nothing was acknowledged yet, so it starts at the latest event")

    def failed(self, error: TransportError) -> float:
        """Return the seconds to wait before the next connection. Raises the error if there is to be none."""
        wait = None
        if not isinstance(error, FrameTooBigError) and should_retry(error, safe=True):
            wait = self._wait(None)
        if wait is None:
            raise self.context.complete(error)
        _log.info("%s: %s; again in %.2f s", self._call.operation.call, error, wait)
        return wait

    def _wait(self, asked: float | None) -> float | None:
        """Count a failure, and return the seconds until the next try, or None where the stream gives up. One that ran
        once goes on for as long as its user wants, one that never did as often as a call."""
        policy = self.engine.options.retries
        self._failures += 1
        if policy.retries == 0 or (not self._connected and self._failures > policy.retries):
            return None
        return retry_wait(policy, self._failures, asked, self.engine.shared.draw())

    # --- events ------------------------------------------------------------------

    def received(self, text: str | bytes) -> tuple[Event[T] | None, str | None]:
        """Return the event of a frame, and the id to acknowledge at once where it is not handed out.

        Raises:
            DecodeError: It is no frame of the protocol. The connection is of no use.
        """
        try:
            frame = parse_frame(text)
        except DecodeError as error:
            raise self.context.complete(error) from None
        self._failures = 0
        if frame is None:
            return None, None
        if frame.id in self._done:
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
        self.pending = frame.id  # also if it can't be read: whoever goes on after the error gets the next one
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
        self._follow(raw)
        try:
            # Fields that do not fit are kept, since a stream must get past them.
            value: T = self._codec.decode(documented, lenient=self._lenient)
        except DecodeError as error:
            raise self.context.complete(error) from None
        return value

    def acknowledged(self, id: str) -> None:
        """Note that an event is done with."""
        self.pending = None
        if self._is_reader:
            self.resume_token = id
        self._done[id] = None
        if len(self._done) > _QUEUE:
            self._done.popitem(last=False)

    # --- gaps --------------------------------------------------------------------

    def _follow(self, raw: object) -> None:
        """Follow the numbers that an instance of the service gives its events.

        Nobody says that they have no holes, and a topic may show a part of the events. So a hole tells of a gap only
        where a connection is new and the numbers had none before.
        """
        info = _message_info(raw)
        instance, number = info.get("instanceId"), info.get("sequenceId")
        if not isinstance(instance, str) or not isinstance(number, str) or not number.isdecimal() or len(number) > 18:
            return
        before, now = self._numbers.get(instance), int(number)
        self._numbers[instance] = max(now, before or 0)
        self._numbers.move_to_end(instance)
        if len(self._numbers) > _INSTANCES:
            self._numbers.popitem(last=False)
        if before is not None and now > before + 1:
            if self._resumed and self._in_sequence:
                self._warn(f"{now - before - 1} numbers of instance {instance} are missing")
            self._in_sequence = False
        self._resumed = self._resumed and before is None

    def _warn(self, why: str) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{self._call.operation.call}: events may be missing after reconnecting: {why}.",
                stacklevel=2,
            )


def _message_info(raw: object) -> dict[str, object]:
    """Return the `msgInfo` of a payload, whose one member is the wrapper."""
    if is_object(raw) and len(raw) == 1:
        (wrapper,) = raw.values()
        info = wrapper.get("msgInfo") if is_object(wrapper) else None
        if is_object(info):
            return info
    return {}


def lost(why: str) -> ConnectionLostError:
    """Return the error for a connection that broke."""
    return ConnectionLostError(f"the stream broke: {why}")
