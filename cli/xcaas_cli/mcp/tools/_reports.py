"""Reports on past periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from xcaas import PollerTimeoutError
from xcaas.cc_historical.models import Granularity, ReportTypeName

from ...output._rows import is_sequence, plain
from .._arguments import Limit, Period, Since, Until, known_values
from .._errors import Refusal
from .._results import Result
from .._session import Session
from .._tool import reads

if TYPE_CHECKING:
    from xcaas import AsyncPoller
    from xcaas.cc_historical.models import DateRangeDict, DetailedReportRequestDict, ReportRequestDict, ReportStatus

__all__ = ["list_report_types", "run_report"]

_REPORT_TIMEOUT = 50
"""In seconds. Hosts give up on a tool after a minute."""
_TITLE = "xcaas mcp"
_DETAILED_PREFIX = "detailed-reports-"
_Timezone = Annotated[
    str | None,
    Field(description="Zone of days and of times in rows (IANA name). It must be configured on the tenant."),
]


@reads("List report types")
async def list_report_types(
    session: Session,
    type: Annotated[
        str | None, Field(description=f"Only this type, with its metrics. {known_values(ReportTypeName)}")
    ] = None,
    limit: Limit = 50,
) -> Result:
    """List the reports that run_report can make, with their groupings; for one type with its exact metrics, too."""
    types = session.client_for("cc_historical").cc_historical.report_types
    if type is not None:
        return await session.rows_of_list([await types.get(type)], limit)
    return await session.rows_of_list(await types.list(), limit, _without_metrics)


@reads("Run a report")
async def run_report(
    session: Session,
    type: Annotated[
        str,
        Field(
            description=f"Names that begin with {_DETAILED_PREFIX} give a row per interaction, status or answer; the others are"
            f" summaries. {known_values(ReportTypeName)}"
        ),
    ],
    since: Since,
    until: Until = None,
    granularity: Annotated[
        str,
        Field(
            description="How finely a summary is cut. Up to a week 15m, 30m, hour, day, none; up to a month none, hour, day,"
            f" week; beyond none, month, year. {known_values(Granularity)}"
        ),
    ] = "none",
    group_by: Annotated[
        str | None, Field(description="A grouping of the report type, such as queue or agent: see list_report_types.")
    ] = None,
    metrics: Annotated[list[str] | None, Field(description="Metrics of the report type. All when left out.")] = None,
    timezone: _Timezone = None,
    limit: Limit = 50,
) -> Result:
    """Run a report on contact-centre queues, agents, surveys or single interactions over a past period, and return its rows.
    It may take a minute. For the present moment use queue_state and agent_state.
    """
    if type == "script-paths":
        raise Refusal("script-paths is a file, not rows. Choose another type.")
    period = Period.of(since, until)
    dates: DateRangeDict = {"start": period.start, "end": period.end}
    reports = session.client_for("cc_historical").cc_historical
    if type.startswith(_DETAILED_PREFIX):
        detailed: DetailedReportRequestDict = {"type": type, "title": _TITLE, "dateRange": dates}
        if timezone is not None:
            detailed["timezone"] = timezone
        if metrics is not None:
            detailed["metrics"] = metrics
        created = await reports.detailed_reports.create(report=detailed)
        rows = reports.detailed_reports.data(created.id, size=limit)
        return await session.rows_of_pager(rows, limit, _report_row, {"period": period.as_json})
    report: ReportRequestDict = {"type": type, "title": _TITLE, "dateRange": dates, "granularity": granularity}
    if group_by is not None:
        report["groupBy"] = {"name": group_by}
    if timezone is not None:
        report["timezone"] = timezone
    if metrics is not None:
        report["metrics"] = metrics
    return await _rows(session, reports.reports.run(report=report), limit, period.as_json)


async def _rows(session: Session, poller: AsyncPoller[ReportStatus], limit: int, period: dict[str, str]) -> Result:
    """Wait for a report and return its rows, or a cursor to continue waiting."""
    try:
        status = await poller.wait(_REPORT_TIMEOUT)
    except PollerTimeoutError:
        cursor = session.add_cursor(lambda more: _rows(session, poller, more, period))
        return {
            "period": period,
            "rows": [],
            "cursor": cursor,
            "note": "The report is not ready. Call read_on with this cursor.",
        }
    rows = session.client_for("cc_historical").cc_historical.reports.data(status.id, size=limit)
    return await session.rows_of_pager(rows, limit, _report_row, {"period": period})


def _report_row(record: Any) -> dict[str, Any]:
    """Return a row of a report, with one field for each column."""
    row: dict[str, Any] = plain(record)
    cells = row.pop("items", None)
    if not is_sequence(cells):
        return {**row, **(cells or {})}
    return {**row, **{cell.get("label") or cell.get("key"): cell.get("value") for cell in cells}}


def _without_metrics(type: Any) -> dict[str, Any]:
    row: dict[str, Any] = plain(type)
    return {"type": row.get("type"), "groupBy": [grouping.get("name") for grouping in row.get("groupBy") or ()]}
