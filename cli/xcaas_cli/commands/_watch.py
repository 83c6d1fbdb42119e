"""`xcaas queues watch`: a table of queues, refreshed in place."""

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
from ._lazy import LazyCommand

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
"""The default counters, and their headings."""
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


def _watch(options: dict[str, Any]) -> None:
    names = [name.strip() for name in options["metrics"].split(",") if name.strip()]
    with make_client(options) as client, _board(names) as show:
        for number, queues in enumerate(_poll(client, names, options["queue"]), 1):
            show(queues)
            if number == options["times"]:
                return
            time.sleep(options["every"])


def _poll(client: XCaaS, names: list[str], ids: tuple[str, ...]) -> Iterator[list[QueueMetrics] | str]:
    """Yield the queues, or the message of a transient error. Other errors are raised."""
    from xcaas import RateLimitError, ServerError, TransportError

    while True:
        try:
            yield client.cc_realtime.queues.list(metrics=names, queue_ids=ids or None, size=1000).to_list()
        except (RateLimitError, ServerError, TransportError) as error:
            yield str(error)


@contextmanager
def _board(names: list[str]) -> Generator[Callable[[list[QueueMetrics] | str], None]]:
    """Yield the function that shows one refresh: a table that replaces the last one, or one line per queue in a pipe."""
    if not sys.stdout.isatty():
        yield _write_lines
        return
    from rich.console import Console
    from rich.live import Live

    latest: list[QueueMetrics] = []
    with Live(console=Console(), auto_refresh=False, vertical_overflow="ellipsis") as live:

        def show(queues: list[QueueMetrics] | str) -> None:
            if not isinstance(queues, str):
                latest[:] = queues
            live.update(_table(latest, names, queues if isinstance(queues, str) else None), refresh=True)

        yield show


def _write_lines(queues: list[QueueMetrics] | str) -> None:
    if isinstance(queues, str):
        sys.stderr.write(f"{queues}\n")
        return
    now = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    for queue in queues:
        row = {"at": now, "id": queue.id, "name": queue.name, **_values(queue)}
        sys.stdout.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _table(queues: list[QueueMetrics], names: list[str], error: str | None) -> Table:
    from rich.markup import escape
    from rich.table import Table

    now = time.strftime("%H:%M:%S")
    caption = f"{now}  Ctrl-C to stop" if error is None else f"{now}  old numbers: {escape(error)}"
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    table.add_column("queue", overflow="ellipsis", no_wrap=True)
    for name in names:
        table.add_column(COLUMNS.get(name, name), justify="right", no_wrap=True)
    for queue in sorted(queues, key=lambda queue: queue.name or ""):
        values = _values(queue)
        is_waiting = bool(values.get("interactionsWaitInQueue.rt"))
        table.add_row(
            escape(queue.name or queue.id or ""),
            *(escape(_cell_text(name, values.get(name))) for name in names),
            style="yellow" if is_waiting else None,
        )
    return table


def _values(queue: QueueMetrics) -> dict[str, Any]:
    return {metric.key: plain(metric.value) for metric in queue.metrics or ()}


def _cell_text(name: str, value: Any) -> str:
    """Return a counter as text. Durations, in milliseconds, are shown as minutes and seconds."""
    if isinstance(value, int | float) and any(word in name for word in DURATIONS):
        minutes, seconds = divmod(int(value) // 1000, 60)
        return f"{minutes}:{seconds:02}"
    return f"{value:g}" if isinstance(value, float) else cell(value)


watch = LazyCommand(
    "watch",
    "Show contact center queues and their counters, refreshed in place.\n\n"
    "In a pipe, write one JSON line per queue and refresh. While the service is unavailable, the last numbers stay, with "
    "the error below them. Stop with Ctrl-C.",
    _options,
    _watch,
)
