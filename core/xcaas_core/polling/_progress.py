"""How far a job on the server is, as callers are told while they wait."""

from __future__ import annotations

from .._json import JSONValue
from .._lazy import public

__all__ = ["PollProgress", "span"]


@public
class PollProgress:
    """What a progress callback is told after each look at a job."""

    __slots__ = ("body", "elapsed", "id", "looks", "partial", "state")

    def __init__(
        self, id: str, state: str | None, looks: int, elapsed: float, body: JSONValue, *, partial: bool = False
    ) -> None:
        self.id: str = id
        self.state: str | None = state
        """The job's state in the service's words."""
        self.looks: int = looks
        """Times that the service was asked."""
        self.elapsed: float = elapsed
        """Seconds since the wait began."""
        self.body: JSONValue = body
        """The status answer as JSON, for percentages and the like."""
        self.partial: bool = partial
        """Whether the job has ended with part of its work undone."""

    def __repr__(self) -> str:
        return f"<PollProgress {self.id}: {self.state} after {span(self.elapsed)}>"


def span(seconds: float) -> str:
    """Seconds for people: tenths where they are few."""
    return f"{seconds:.0f} s" if seconds >= 10 or round(seconds, 1) == round(seconds) else f"{seconds:.1f} s"
