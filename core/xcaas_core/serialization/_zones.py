"""Times of operations that take the digits of a clock in one parameter, and its zone in another."""

from __future__ import annotations

import datetime as dt

from .._errors import ArgumentError

__all__ = ["in_zone"]


def in_zone(value: object, zone: object) -> object:
    """Return a datetime that has a zone as the clock in `zone` shows it; anything else as it is.

    Raises:
        ArgumentError: The zone is not known here.
    """
    if not isinstance(value, dt.datetime) or value.tzinfo is None or zone is None:
        return value
    from zoneinfo import ZoneInfo

    try:
        return value.astimezone(ZoneInfo(str(zone))).replace(tzinfo=None)
    except (OSError, ValueError, LookupError):
        raise ArgumentError(
            f"the time cannot be converted to the zone {zone!r}, which is not known here",
            advice="Give the IANA name of a zone, such as America/New_York; on Windows, install tzdata.",
        ) from None
