"""How far a job on the server is, as callers are told while they wait."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from .._json import JSONValue
from .._lazy import public

__all__ = ["PollProgress", "span"]


@public
@dataclass(slots=True, eq=False)
class PollProgress:
    """What a progress callback is told after each look at a job."""

    id: str
    state: str | None
    """The job's state in the service's words."""
    looks: int
    """Times that the service was asked."""
    elapsed: float
    """Seconds since the wait began."""
    body: JSONValue
    """The status response as JSON, for percentages and the like."""
    _: KW_ONLY
    partial: bool = False
    """Whether the job has ended with part of its work undone."""

    def __repr__(self) -> str:
        return f"<PollProgress {self.id}: {self.state} after {span(self.elapsed)}>"


def span(seconds: float) -> str:
    """Return seconds for people, with tenths where they are few."""
    return f"{seconds:.0f} s" if seconds >= 10 or round(seconds, 1) == round(seconds) else f"{seconds:.1f} s"
