"""Historical metrics: reports that take a moment, their pages and files, and detailed reports with a cursor."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._replies import Problem, Reply
from ._pages import header_page

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler

__all__ = ["Historical"]

SECONDS: Final = 1.0  # for a report
ROWS: Final = 230
DETAILED_ROWS: Final = 340
_METRICS: Final = ("entered", "accepted", "abandoned")
_QUEUES: Final = ("Sales", "Support", "Billing", "Returns")
_FILES: Final = {"text/csv": "csv", "text/xlsx": "xlsx"}


@dataclass
class _Report:
    id: int
    request: dict[str, Any]
    seconds: float
    clock: Clock
    started: float

    @property
    def status(self) -> str:
        if self.seconds and self.clock.progress(self.started, self.seconds) < 1:
            return "IN_PROGRESS"
        return "FAILED" if self.request.get("title") == "fail" else "DONE"

    @property
    def type(self) -> str:
        return str(self.request["type"])

    def state(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "status": self.status}
        return {**body, "reason": "The report was asked to fail"} if self.status == "FAILED" else body


class Historical:
    """Reports by id. A report with the title `fail` fails."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ids = itertools.count(1294)
        self._reports: dict[int, _Report] = {}
        self.handlers: dict[str, Handler] = {
            "createReport": self.create,
            "getReport": self.get,
            "getReportStatus": self.status,
            "listReportRows": self.rows,
            "downloadReport": self.download,
            "listReportLinks": self.links,
            "createDetailedReport": self.create_detailed,
            "listDetailedReportRows": self.detailed_rows,
        }

    def create(self, call: Call) -> Reply:
        report = self._add(call, SECONDS)
        return Reply(report.state(), headers={"Link": f'<{self._url(call, report)}/status>; rel="status"'})

    def get(self, call: Call) -> Reply:
        report = self._report(call)
        return Reply({**report.request, **report.state()})

    def status(self, call: Call) -> Reply:
        report = self._report(call)
        links = [f'<{url}>; rel="{relation}"' for relation, url in self._links(call, report)]
        return Reply(report.state(), headers={"Link": ", ".join(links)})

    def links(self, call: Call) -> Reply:
        report = self._report(call)
        return Reply([{"relation": relation, "link": url} for relation, url in self._links(call, report)])

    def rows(self, call: Call) -> Reply:
        report = self._finished(call)
        if report.type == "script-paths":
            raise Problem(400, "Script paths have no rows; download the file")
        page, headers = header_page(call, [_row(report, index) for index in range(ROWS)])
        return Reply(page, headers=headers)

    def download(self, call: Call) -> Reply:
        report = self._finished(call)
        accepted = [part.split(";")[0].strip() for part in call.headers.get("accept", "").split(",")]
        media_type = next((part for part in accepted if part in _FILES), None)
        if media_type is None:
            raise Problem(406, "Accept must be text/csv or text/xlsx")
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([item["label"] for item in _row(report, 0)["items"]])
        writer.writerows([item["value"] for item in _row(report, index)["items"]] for index in range(ROWS))
        content = text.getvalue().encode()
        name = f"{report.request.get('title', 'report')}.{_FILES[media_type]}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(len(content))}
        return Reply(stream=[content], headers=headers, media_type=media_type)

    def create_detailed(self, call: Call) -> Reply:
        report = self._add(call, 0.0)
        return Reply(report.state(), headers={"Link": f'<{self._url(call, report)}/data>; rel="data"'})

    def detailed_rows(self, call: Call) -> Reply:
        report = self._finished(call)
        size = call.number("size", 100)
        cursor = call.query.get("lastDocumentId")
        start = int(base64.b64decode(cursor)) if cursor else 0
        rows = [_detailed_row(index) for index in range(start, min(start + size, DETAILED_ROWS))]
        end = start + len(rows)
        if end >= DETAILED_ROWS:
            return Reply(rows)
        next_cursor = base64.b64encode(str(end).encode()).decode()
        link = f'<{self._url(call, report)}/data?lastDocumentId={next_cursor}>; rel="next"'
        return Reply(rows, headers={"Last-Document-Id": next_cursor, "Link": link})

    def _add(self, call: Call, seconds: float) -> _Report:
        with self._lock:
            report = _Report(next(self._ids), call.json(), seconds, self._clock, self._clock.ticks())
            self._reports[report.id] = report
        return report

    def _report(self, call: Call) -> _Report:
        report = self._reports.get(int(call.parameter("id")))
        if report is None:
            raise Problem(404, f"no report {call.parameter('id')}")
        return report

    def _finished(self, call: Call) -> _Report:
        report = self._report(call)
        if report.status != "DONE":
            raise Problem(404, f"report {report.id} is {report.status}")
        return report

    def _links(self, call: Call, report: _Report) -> list[tuple[str, str]]:
        url = self._url(call, report)
        relations = ("status", "download") if report.type == "script-paths" else ("status", "data", "download")
        return [(name, f"{url}/{name}") for name in (relations if report.status == "DONE" else ("status",))]

    def _url(self, call: Call, report: _Report) -> str:
        base = call.url.partition("/historical-metrics")[0] + "/historical-metrics"
        return f"{base}/detailed-reports/{report.id}" if "detailed-reports" in call.url else f"{base}/{report.id}"


def _row(report: _Report, index: int) -> dict[str, Any]:
    names = report.request.get("metrics") or _METRICS
    queue = {"key": "queue", "label": "Queue", "value": _QUEUES[index % len(_QUEUES)]}
    metrics = [{"key": name, "label": name.title(), "value": str((index * 7) % 97)} for name in names]
    return {"total": None, "items": [queue, *metrics]}


def _detailed_row(index: int) -> dict[str, Any]:
    values: dict[str, object] = {
        "interactionId": f"int-{index:06}",
        "queueName": _QUEUES[index % len(_QUEUES)],
        "interactionDuration": {"value": 1000 * (index % 600), "ongoing": False},
    }
    return {"total": None, "items": [{"key": key, "label": key, "value": value} for key, value in values.items()]}
