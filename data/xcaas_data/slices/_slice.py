"""A slice: one piece of a long list, as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import xcaas

from .._clients import bare_client, check_reference, client_for
from ._errors import SliceError
from ._reading import Reading
from ._specs import spec_of
from ._windows import cut

if TYPE_CHECKING:
    from .._arrow import ArrowBatch, ArrowSchema

__all__ = ["Slice"]

T_co = TypeVar("T_co", covariant=True)

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, order=True)
class Slice(Generic[T_co]):
    """A piece of a list: the operation, its arguments, and the window from `start` (included) to `end` (excluded).

    It is small, immutable, ordered, and can be pickled. `to_json` returns it as text, without credentials: only where
    to find them. Reading it again returns the same rows, if the service still has them.
    """

    operation: str
    region: str
    partition: str
    """The value of the parameter that also cuts the list, such as a PBX; "" if there is none."""
    start: datetime
    end: datetime
    arguments: str = "{}"
    """The other arguments, as JSON."""
    credentials: str = "environment"
    """Where the credentials are: `environment`, `profile:NAME` or `provider:MODULE:FUNCTION`."""

    def __post_init__(self) -> None:
        spec_of(self.operation)
        check_reference(self.credentials, SliceError)
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC or self.start >= self.end:
            raise SliceError("the start of a slice must be before its end, and both must be in UTC")
        if self.start.microsecond or self.end.microsecond:
            raise SliceError("a slice must start and end at whole seconds")
        object.__setattr__(self, "arguments", _sort_arguments(self.arguments))

    @property
    def id(self) -> str:
        """A short identifier, the same in every process: for file names and tables of progress."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:20]

    @property
    def key(self) -> str | None:
        """The field that identifies an item in all slices; None if the service has none."""
        return spec_of(self.operation).key

    def to_json(self) -> str:
        """Return the slice as one line of JSON."""
        data = {**asdict(self), "start": self.start.strftime(_TIME_FORMAT), "end": self.end.strftime(_TIME_FORMAT)}
        return json.dumps({**data, "arguments": json.loads(self.arguments)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the slice that `to_json` wrote. Raises SliceError for any other text."""
        try:
            data: dict[str, Any] = json.loads(text)
            texts = {name: data.pop(name) for name in ("operation", "region", "partition", "credentials")}
            window = [datetime.strptime(data.pop(name), _TIME_FORMAT).replace(tzinfo=UTC) for name in ("start", "end")]
            arguments = json.dumps(data.pop("arguments"))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SliceError(f"the text is not a slice: {error!r}") from None
        if data or not all(isinstance(value, str) for value in texts.values()):
            raise SliceError("the text is not a slice of this release", advice="Plan again with this release.")
        return cls(start=window[0], end=window[1], arguments=arguments, **texts)

    def items(self, client: xcaas.XCaaS | None = None) -> Iterator[T_co]:
        """Yield the items as models, each once. Without a client, one is made from `credentials`, once per process."""
        return self._reading(client).items()

    def read(
        self,
        client: xcaas.XCaaS | None = None,
        *,
        size: int = 10_000,
        pivot: Mapping[str, Sequence[str]] | None = None,
    ) -> Iterator[ArrowBatch]:
        """Return the items as `pyarrow.RecordBatch`es of `size` rows, all with `schema()`; no batch if there are no items.

        `pivot` turns lists of keys and values into columns: `pivot={"tags": ["callId"]}`.
        """
        batches: Iterator[ArrowBatch] = self._reading(client).rows(pivot or {}).arrow_batches(size)
        return batches

    def schema(self, *, pivot: Mapping[str, Sequence[str]] | None = None) -> ArrowSchema:
        """Return the `pyarrow.Schema` of all slices of this operation, without a request."""
        schema: ArrowSchema = self._reading(bare_client()).rows(pivot or {}).arrow_schema()
        return schema

    def estimate(self, client: xcaas.XCaaS | None = None) -> int | None:
        """Ask the service for the number of items, in one small call; None if it does not report it."""
        return self._reading(client).estimate()

    def split(self, parts: int = 2) -> list[Self]:
        """Return the slice in `parts` of equal length; in fewer if it is shorter than that many seconds."""
        return [replace(self, start=start, end=end) for start, end in cut(self.start, self.end, parts)]

    def _reading(self, client: object) -> Reading[T_co]:
        if not isinstance(client, xcaas.XCaaS | None):
            raise SliceError(f"client is a {type(client).__name__}", advice="Give an XCaaS.")
        return Reading(
            spec_of(self.operation),
            client_for(self.credentials) if client is None else client,
            region=self.region,
            partition=self.partition,
            window=(self.start, self.end),
            arguments=json.loads(self.arguments),
        )


def _sort_arguments(arguments: str) -> str:
    """Return arguments with sorted keys, so that equal slices have equal ids."""
    try:
        value: object = json.loads(arguments)
    except (TypeError, ValueError):
        value = None
    if not isinstance(value, dict):
        raise SliceError("the arguments of a slice must be a JSON object, as a str")
    return json.dumps(value, sort_keys=True)
