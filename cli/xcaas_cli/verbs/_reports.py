"""`xcaas reports run`: from a type and a period to rows, or to the service's own file."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._connection import make_client
from .._values import KnownValue
from ..output import Sink, is_object, output_options
from ._verb import Verb, period_of, period_options

if TYPE_CHECKING:
    from xcaas import Poller, PollProgress, XCaaS
    from xcaas.cc_historical.models import DetailedReportRequest, ReportRequest, ReportStatus

__all__ = ["run"]

FILES = {".csv": "text/csv", ".xlsx": "text/xlsx"}
DETAILED = "detailed-reports-"
_TYPES = "To list the types: xcaas cc-historical report-types list"
GRANULARITIES = ["15m", "30m", "hour", "day", "week", "month", "year", "none"]


def _options() -> list[click.Parameter]:
    shown = [option for option in output_options("Pager", frozenset()) if option.name not in ("limit_total", "raw")]
    return [
        click.Argument(["type"], required=False, metavar="[TYPE]"),
        *period_options("data", required=False),
        click.Option(
            ["--granularity"],
            type=KnownValue(GRANULARITIES, open=True),
            default="day",
            show_default=True,
            help=f"Divide a summary into intervals: {', '.join(GRANULARITIES[:-1])} or {GRANULARITIES[-1]}.",
        ),
        click.Option(
            ["--group-by"],
            metavar="NAME",
            help="Group a summary by NAME, such as queue. Its type says which there are.",
        ),
        click.Option(
            ["--metrics"], metavar="A,B", help="Include these metrics, or fields of a detailed report. Default: all."
        ),
        click.Option(["--timezone"], metavar="ZONE", help="Use this time zone (IANA name) for days and times."),
        click.Option(
            ["--title"], metavar="TEXT", help="Set the title and the name of the service's file. Default: TYPE."
        ),
        click.Option(["--resume"], type=int, metavar="ID", help="Wait for a report that was started before."),
        click.Option(
            ["--wait"], type=float, metavar="SECONDS", help="Wait for at most SECONDS. The report keeps running."
        ),
        *shown,
    ]


def _run(given: dict[str, Any]) -> None:
    into: str | None = given["into"]
    accept = FILES.get(Path(into).suffix.lower()) if into and not given["output"] else None
    sink = Sink.of(given, "Pager", is_file=accept is not None)
    with make_client(given) as client:
        if given["resume"] is None and (given["type"] is None or given["since"] is None):
            raise click.UsageError(f"Give a TYPE and --since. {_TYPES}")
        if given["resume"] is None and given["type"].startswith(DETAILED) and accept is None:
            with _types_told():
                id = client.cc_historical.detailed_reports.create(report=_detailed(given)).id
            sink.write(list(_flat(client.cc_historical.detailed_reports.data(id))))
            return
        poller = _poller(client, given)
        id = _waited(poller, given["wait"])
        if accept == "text/csv":
            client.cc_historical.reports.download(id, accept="text/csv").save(str(into))
        elif accept is not None:
            client.cc_historical.reports.download(id, accept="text/xlsx").save(str(into))
        else:
            sink.write(list(_flat(client.cc_historical.reports.data(id, size=1000))))


def _poller(client: XCaaS, given: dict[str, Any]) -> Poller[ReportStatus]:
    reports = client.cc_historical.reports
    if given["resume"] is not None:
        return reports.resume(str(given["resume"]))
    is_detailed = given["type"].startswith(DETAILED)
    with _types_told():
        return reports.run(report=_detailed(given) if is_detailed else _summary(given))


@contextmanager
def _types_told() -> Generator[None]:
    """Say where the types are listed if the service refuses a report: it may know none of that name."""
    from xcaas import BadRequestError

    try:
        yield
    except BadRequestError as error:
        error.advice = f"{error.advice or ''} {_TYPES}".strip()
        raise


def _summary(given: dict[str, Any]) -> ReportRequest:
    from xcaas.cc_historical.models import GroupBy, ReportRequest

    group = given["group_by"]
    return ReportRequest(
        **_common(given), granularity=given["granularity"], group_by=GroupBy(name=group) if group else None
    )


def _detailed(given: dict[str, Any]) -> DetailedReportRequest:
    from xcaas.cc_historical.models import DetailedReportRequest

    return DetailedReportRequest(**_common(given))


def _common(given: dict[str, Any]) -> dict[str, Any]:
    from xcaas.cc_historical.models import DateRange

    start, end = period_of(given)
    metrics = [name.strip() for name in (given["metrics"] or "").split(",") if name.strip()]
    return {
        "type": given["type"],
        "title": given["title"] or given["type"],
        "date_range": DateRange(start=start, end=end),
        "timezone": given["timezone"],
        "metrics": metrics or None,
    }


def _waited(poller: Poller[ReportStatus], seconds: float | None) -> int:
    """Wait for a report, and return its id. Whoever stops waiting learns how to go on."""
    from xcaas import PollerError, PollerTimeoutError

    try:
        return poller.wait(seconds, progress=_show if sys.stderr.isatty() else None).id
    except (KeyboardInterrupt, PollerTimeoutError):
        try:
            sys.stderr.write(
                f"The report keeps running. To wait for it again: xcaas reports run --resume {poller.id}\n"
            )
        except PollerError:  # it was not started
            pass
        raise


def _show(progress: PollProgress) -> None:
    sys.stderr.write(f"{progress}\n")


def _flat(rows: Any) -> Iterator[dict[str, Any]]:
    """Yield rows as values by the keys of their columns; `total` says what a row of totals sums up."""
    for row in rows:
        plain: dict[str, Any] = row.to_dict()
        items: Any = plain.get("items") or []
        values: dict[str, Any] = items if is_object(items) else {cell["key"]: cell.get("value") for cell in items}
        total = plain.get("total")
        yield {**values, "total": total} if total is not None else values


run = Verb(
    "run",
    "Run a contact center report, wait for it, and write its rows.\n\n"
    "With --into FILE.csv or FILE.xlsx, save the service's own file, which has all rows. Otherwise write the rows in the "
    "format of --output; a summary has at most 10,000.\n\n"
    "To list the types: xcaas cc-historical report-types list",
    _options,
    _run,
)
