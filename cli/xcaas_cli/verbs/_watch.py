"""`xcaas queues watch`: a board of queues that refreshes in place."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .._connection import make_client
from ..output import cell, plain
from ._verb import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.table import Table

    from xcaas import XCaaS
    from xcaas.cc_realtime.models import QueueMetrics

__all__ = ["watch"]

COLUMNS = {
    "interactionsWaitInQueue.rt": "waiting",
    "interactionsLongestWaitInQueue.rt": "longest",
    "interactionsHandling.rt": "handled",
    "availableIdle.rt": "idle",
    "busy.rt": "busy",
    "entered.today": "entered",
    "abandoned.today": "abandoned",
    "slaPercentage.today": "SLA %",
}
"""The counters of a wallboard, and what stands above them."""
DURATIONS = ("Time", "Longest", "longest", "Avg", "avg")


def _options() -> list[click.Parameter]:
    return [
        click.Option(["--queue"], multiple=True, metavar="ID", help="Show only this queue. Repeat it for several."),
        click.Option(
            ["--metrics"],
            default=",".join(COLUMNS),
            metavar="A,B",
            help="Show these counters. Default: those of a wallboard.",
        ),
        click.Option(
            ["--every"],
            type=click.FloatRange(min=1, max=86_400),
            default=5,
            show_default=True,
            metavar="SECONDS",
            help="Refresh every SECONDS. The service updates the counters every five seconds.",
        ),
        click.Option(["--times"], type=click.IntRange(min=1), metavar="N", help="Stop after N refreshes."),
    ]


def _watch(given: dict[str, Any]) -> None:
    names = [name.strip() for name in given["metrics"].split(",") if name.strip()]
    with make_client(given) as client, _board(names) as show:
        for round_, queues in enumerate(_rounds(client, names, given["queue"]), 1):
            show(queues)
            if round_ == given["times"]:
                return
            time.sleep(given["every"])


def _rounds(client: XCaaS, names: list[str], ids: tuple[str, ...]) -> Iterator[list[QueueMetrics] | str]:
    """Yield the queues, or what is wrong just now. What asking again cannot mend is raised."""
    from xcaas import RateLimitError, ServerError, TransportError

    while True:
        try:
            yield client.cc_realtime.queues.list(metrics=names, queue_ids=ids or None, size=1000).to_list()
        except (RateLimitError, ServerError, TransportError) as error:
            yield str(error)


@contextmanager
def _board(names: list[str]) -> Generator[Callable[[list[QueueMetrics] | str], None]]:
    """Give what shows a round: a table that is drawn over the last one, or a line per queue in a pipe."""
    if not sys.stdout.isatty():
        yield _write_lines
        return
    from rich.console import Console
    from rich.live import Live

    shown: list[QueueMetrics] = []
    with Live(console=Console(), auto_refresh=False, vertical_overflow="ellipsis") as live:

        def show(queues: list[QueueMetrics] | str) -> None:
            if not isinstance(queues, str):
                shown[:] = queues
            live.update(_table(shown, names, queues if isinstance(queues, str) else None), refresh=True)

        yield show


def _write_lines(queues: list[QueueMetrics] | str) -> None:
    if isinstance(queues, str):
        sys.stderr.write(f"{queues}\n")
        return
    at = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    for queue in queues:
        row = {"at": at, "id": queue.id, "name": queue.name, **_values(queue)}
        sys.stdout.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _table(queues: list[QueueMetrics], names: list[str], wrong: str | None) -> Table:
    from rich.markup import escape
    from rich.table import Table

    at = time.strftime("%H:%M:%S")
    caption = f"{at}  Ctrl-C to stop" if wrong is None else f"{at}  old numbers: {escape(wrong)}"
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    table.add_column("queue", overflow="ellipsis", no_wrap=True)
    for name in names:
        table.add_column(COLUMNS.get(name, name), justify="right", no_wrap=True)
    for queue in sorted(queues, key=lambda queue: queue.name or ""):
        values = _values(queue)
        waits = bool(values.get("interactionsWaitInQueue.rt"))
        table.add_row(
            escape(queue.name or queue.id or ""),
            *(escape(_shown(name, values.get(name))) for name in names),
            style="yellow" if waits else None,
        )
    return table


def _values(queue: QueueMetrics) -> dict[str, Any]:
    return {metric.key: plain(metric.value) for metric in queue.metrics or ()}


def _shown(name: str, value: Any) -> str:
    """Return a counter as people read it: durations, which come in milliseconds, as minutes and seconds."""
    if isinstance(value, int | float) and any(word in name for word in DURATIONS):
        minutes, seconds = divmod(int(value) // 1000, 60)
        return f"{minutes}:{seconds:02}"
    return f"{value:g}" if isinstance(value, float) else cell(value)


watch = Verb(
    "watch",
    "Show contact center queues and their counters, refreshed in place.\n\n"
    "In a pipe, write one JSON line per queue and refresh. While the service is unavailable, the last numbers stay, with "
    "the error below them. Stop with Ctrl-C.",
    _options,
    _watch,
)
