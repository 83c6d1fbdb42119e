"""Calls of busy PBXes, generated for the requested window, in any number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, overload
from zlib import crc32
from zoneinfo import ZoneInfo

from ..._replies import Problem

if TYPE_CHECKING:
    from ..._handlers import Call
    from ..._specs import Node

__all__ = ["MadeUpCalls"]

_BUSY_PBX: Final = re.compile(r"\w+-(\d{1,7})-a-day")
_DAY_MS: Final = 86_400_000


class MadeUpCalls(Sequence["Node"]):
    """The calls of one PBX that ended in a window, both ends included: evenly spread, and always the same.

    A PBX whose name ends in `-5000-a-day` has 5000 calls a day.
    """

    def __init__(self, example: Node, pbx: str, per_day: int, window: tuple[int, int], zone: ZoneInfo) -> None:
        self._example, self._pbx, self._per_day, self._zone = example, pbx, per_day, zone
        self._seed = crc32(pbx.encode())
        start, end = window
        self._numbers = range(
            -(-start * per_day // _DAY_MS), max(-(-start * per_day // _DAY_MS), -(-(end + 1) * per_day // _DAY_MS))
        )

    @classmethod
    def of(cls, call: Call, example: Node) -> MadeUpCalls | None:
        """Return the calls for a history; None unless it is of a busy PBX."""
        pbx = call.query["pbxId"]
        match = _BUSY_PBX.fullmatch(pbx)
        if match is None:
            return None
        zone = _zone(call.query["timeZone"])
        window = (_milliseconds(call.query["startTime"], zone), _milliseconds(call.query["endTime"], zone))
        return cls(example, pbx, max(1, int(match[1])), window, zone)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Node: ...
    @overload
    def __getitem__(self, index: slice) -> list[Node]: ...
    def __getitem__(self, index: int | slice) -> Node | list[Node]:
        if isinstance(index, slice):
            return [self._row(number) for number in self._numbers[index]]
        return self._row(self._numbers[index])

    def _row(self, number: int) -> Node:
        seed = crc32(number.to_bytes(8), self._seed)
        end = number * _DAY_MS // self._per_day
        start = end - 1000 * (5 + seed % 1800)
        return {
            **self._example,
            "callId": f"{self._seed}{number:012}",
            "pbxId": self._pbx,
            "startTimeUTC": start,
            "startTime": self._stamp(start),
            "disconnectedTimeUTC": end,
            "disconnectedTime": self._stamp(end),
            "callTime": end - start,
            "direction": ("Incoming", "Outgoing", "Internal")[seed % 3],
            "caller": f"+1408555{seed % 10_000:04}",
        }

    def _stamp(self, milliseconds: int) -> str:
        time = datetime.fromtimestamp(milliseconds / 1000, self._zone)
        return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}" + time.strftime("%z")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        raise Problem(400, f"timeZone {name} is not known", code="TIME_ZONE", field="timeZone") from None


def _milliseconds(text: str, zone: ZoneInfo) -> int:
    time = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    return round(time.astimezone(UTC).timestamp() * 1000)
