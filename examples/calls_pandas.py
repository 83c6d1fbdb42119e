"""Call detail records in pandas: how many calls arrive in each hour, and how many are missed.

python -m examples.calls_pandas acmecorp
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from xcaas import XCaaS

# pandas has no type hints.
DataFrame = Any


def call_records(client: XCaaS, pbx: str, start: datetime, end: datetime) -> DataFrame:
    """Return the calls of a PBX that ended in a time window, one per row; all pages are fetched."""
    return client.work_analytics.call_records.list(
        pbx_id=pbx, start_time=start, end_time=end, time_zone="UTC", page_size=1000
    ).to_pandas()


def by_hour(calls: DataFrame) -> DataFrame:
    """Return the number of incoming calls and the share of missed ones, by hour."""
    incoming = calls[calls["direction"] == "Incoming"]
    hours = incoming["start_time"].dt.floor("h").rename("hour")
    missed = (incoming["missed"] == "Missed").groupby(hours)
    return missed.agg(calls="size", missed="mean")


def main() -> None:
    end = datetime.now(UTC)
    with XCaaS.from_env() as client:
        print(by_hour(call_records(client, sys.argv[1], end - timedelta(days=1), end)).to_string())


if __name__ == "__main__":
    main()
