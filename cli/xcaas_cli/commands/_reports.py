"""`xcaas reports run`: the rows of a report, or the service's own file."""

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
from ._lazy import LazyCommand, period_of, period_options

if TYPE_CHECKING:
    from xcaas import Poller, PollProgress, XCaaS
    from xcaas.cc_historical.models import DetailedReportRequest, ReportRequest, ReportStatus

__all__ = ["run"]

_MEDIA_TYPES = {".csv": "text/csv", ".xlsx": "text/xlsx"}
_DETAILED_PREFIX = "detailed-reports-"
_TYPES_ADVICE = "To list the types: xcaas cc-historical report-types list"
_GRANULARITIES = ["15m", "30m", "hour", "day", "week", "month", "year", "none"]


def _options() -> list[click.Parameter]:
    output = [option for option in output_options("Pager", frozenset()) if option.name not in ("limit_total", "raw")]
    return [
        click.Argument(["type"], required=False, metavar="[TYPE]"),
        *period_options("data", required=False),
        click.Option(
            ["--granularity"],
            type=KnownValue(_GRANULARITIES, open=True),
            default="day",
            show_default=True,
            help=f"Divide a summary into intervals: {', '.join(_GRANULARITIES[:-1])} or {_GRANULARITIES[-1]}.",
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
        *output,
    ]


def _run(options: dict[str, Any]) -> None:
    into: str | None = options["into"]
    accept = _MEDIA_TYPES.get(Path(into).suffix.lower()) if into and not options["output"] else None
    sink = Sink.of(options, "Pager", is_file=accept is not None)
    with make_client(options) as client:
        if options["resume"] is None and (options["type"] is None or options["since"] is None):
            raise click.UsageError(f"Give a TYPE and --since. {_TYPES_ADVICE}")
        if options["resume"] is None and options["type"].startswith(_DETAILED_PREFIX) and accept is None:
            with _type_advice():
                id = client.cc_historical.detailed_reports.create(report=_detailed(options)).id
            sink.write(list(_flatten(client.cc_historical.detailed_reports.data(id))))
            return
        poller = _poller(client, options)
        id = _wait_for(poller, options["wait"])
        if accept == "text/csv":
            client.cc_historical.reports.download(id, accept="text/csv").save(str(into))
        elif accept is not None:
            client.cc_historical.reports.download(id, accept="text/xlsx").save(str(into))
        else:
            sink.write(list(_flatten(client.cc_historical.reports.data(id, size=1000))))


def _poller(client: XCaaS, options: dict[str, Any]) -> Poller[ReportStatus]:
    reports = client.cc_historical.reports
    if options["resume"] is not None:
        return reports.resume(str(options["resume"]))
    is_detailed = options["type"].startswith(_DETAILED_PREFIX)
    with _type_advice():
        return reports.run(report=_detailed(options) if is_detailed else _summary(options))


@contextmanager
def _type_advice() -> Generator[None]:
    """Add how to list the types to the error of a rejected report, whose type may be unknown."""
    from xcaas import BadRequestError

    try:
        yield
    except BadRequestError as error:
        error.advice = f"{error.advice or ''} {_TYPES_ADVICE}".strip()
        raise


def _summary(options: dict[str, Any]) -> ReportRequest:
    from xcaas.cc_historical.models import GroupBy, ReportRequest

    group = options["group_by"]
    return ReportRequest(
        **_common(options), granularity=options["granularity"], group_by=GroupBy(name=group) if group else None
    )


def _detailed(options: dict[str, Any]) -> DetailedReportRequest:
    from xcaas.cc_historical.models import DetailedReportRequest

    return DetailedReportRequest(**_common(options))


def _common(options: dict[str, Any]) -> dict[str, Any]:
    from xcaas.cc_historical.models import DateRange

    start, end = period_of(options)
    metrics = [name.strip() for name in (options["metrics"] or "").split(",") if name.strip()]
    return {
        "type": options["type"],
        "title": options["title"] or options["type"],
        "date_range": DateRange(start=start, end=end),
        "timezone": options["timezone"],
        "metrics": metrics or None,
    }


def _wait_for(poller: Poller[ReportStatus], seconds: float | None) -> int:
    """Wait for a report and return its id. If waiting is interrupted, print how to continue."""
    from xcaas import PollerError, PollerTimeoutError

    try:
        return poller.wait(seconds, progress=_show if sys.stderr.isatty() else None).id
    except (KeyboardInterrupt, PollerTimeoutError):
        try:
            sys.stderr.write(
                f"The report keeps running. To wait for it again: xcaas reports run --resume {poller.id}\n"
            )
        except PollerError:  # the report was not started
            pass
        raise


def _show(progress: PollProgress) -> None:
    sys.stderr.write(f"{progress}\n")


def _flatten(rows: Any) -> Iterator[dict[str, Any]]:
    """Yield rows as dicts with one key per column; `total` names what a row of totals sums up."""
    for row in rows:
        plain: dict[str, Any] = row.to_dict()
        items: Any = plain.get("items") or []
        values: dict[str, Any] = items if is_object(items) else {cell["key"]: cell.get("value") for cell in items}
        total = plain.get("total")
        yield {**values, "total": total} if total is not None else values


run = LazyCommand(
    "run",
    "Run a contact center report, wait for it, and write its rows.\n\n"
    "With --into FILE.csv or FILE.xlsx, save the service's own file, which has all rows. Otherwise write the rows in the "
    "format of --output; a summary has at most 10,000.\n\n"
    "To list the types: xcaas cc-historical report-types list",
    _options,
    _run,
)
