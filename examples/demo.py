"""A tour: live metrics, a search over several pages and a bulk download, while tokens expire.

`make demo` runs it against the embedded sandbox with 3-second tokens. With XCAAS_LIVE=1 and
XCAAS_CLIENT_ID and XCAAS_CLIENT_SECRET set, the same program talks to 8x8 and only reads.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Generator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Column, Table

from xcaas import ClientCredentials, XCaaS, XCaaSError, unzip
from xcaas.storage.models import StorageObject
from xcaas_sandbox import Sandbox

OUTPUT = Path("demo-output")
# Metric: title of its column, and the divisor of its values. Durations are in milliseconds.
COLUMNS = {
    "interactionsWaitInQueue.rt": ("Waiting", 1),
    "interactionsLongestWaitInQueue.rt": ("Longest wait, s", 1000),
    "interactionsHandling.rt": ("Handling", 1),
    "slaPercentage.today": ("Service level, %", 1),
}
console = Console()


def main() -> int:
    live = os.environ.get("XCAAS_LIVE") == "1"
    try:
        with client_for(live) as (client, sandbox):
            show_queues(client)
            recordings = show_recordings(client)
            if live:
                console.print("Live: the demo only reads, so it starts no bulk download.")
            else:
                download_all(client, recordings)
            show_tokens(client, sandbox)
    except XCaaSError as error:
        console.print(f"[red]{type(error).__name__}[/red]: {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped. Nothing half-written was left behind.")
        return 130
    return 0


@contextlib.contextmanager
def client_for(live: bool) -> Generator[tuple[XCaaS, Sandbox | None]]:
    if live:
        with XCaaS.from_env() as client:
            yield client, None
        return
    with Sandbox(token_lifetime=3, speed=0.4) as sandbox:
        console.print(f"Sandbox at {sandbox.base_url}, tokens live 3 seconds\n")
        credentials = ClientCredentials("eght_demo", "demo-secret")
        with XCaaS(credentials=credentials, base_url=sandbox.base_url) as client:
            yield client, sandbox


def show_queues(client: XCaaS) -> None:
    table = Table("Queue", *(Column(title, justify="right") for title, _ in COLUMNS.values()), title="Live queues")
    for queue in client.cc_realtime.queues.list(metrics=list(COLUMNS)):
        values = {metric.key: metric.value for metric in queue.metrics or []}
        table.add_row(
            escape(queue.name or "-"), *(format_value(values.get(name), unit) for name, (_, unit) in COLUMNS.items())
        )
    console.print(table)


def format_value(value: object, unit: int) -> str:
    return f"{value / unit:.1f}".removesuffix(".0") if isinstance(value, int | float) else str(value or "-")


def show_recordings(client: XCaaS) -> list[StorageObject]:
    pager = client.storage.objects.search(filter="type==callcenterrecording", limit=100)
    recordings: list[StorageObject] = []
    for number, page in enumerate(islice(pager.pages(), 4), start=1):
        recordings += page.items
        console.print(f"Recordings, page {number}: {len(page.items)} objects, {len(recordings)} so far")
        time.sleep(1)  # long enough for a token to expire between two pages
    return recordings


def download_all(client: XCaaS, recordings: list[StorageObject]) -> None:
    chosen = recordings[:40]
    console.print(f"\nBulk download of {len(chosen)} recordings")
    poller = client.storage.bulk_downloads.download(object_ids=[item.id for item in chosen])
    download = poller.wait(timeout=60, progress=lambda job: console.print(f"  {job.id}: {job.state}"))
    OUTPUT.mkdir(exist_ok=True)
    columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("fetching", total=None)
        path = download.save(
            OUTPUT / "recordings.zip", progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
    console.print(f"  {path}: {path.stat().st_size:,} bytes")
    verify(path, chosen)


def verify(archive: Path, chosen: list[StorageObject]) -> None:
    names = {item.object_name: item for item in chosen}
    counts = {"verified": 0, "not comparable": 0}
    for file in unzip(archive, OUTPUT / "recordings"):
        counts["verified" if matches(file, names[file.name]) else "not comparable"] += 1
    console.print(f"  checksums: {counts['verified']} verified, {counts['not comparable']} made from upload parts\n")


def matches(file: Path, item: StorageObject) -> bool:
    """Verify the checksum of a file. Return False if the service's checksum was made from upload parts, and so not comparable."""
    from hashlib import md5

    if item.checksum is None or "-" in item.checksum:
        return False
    digest = md5(file.read_bytes(), usedforsecurity=False).hexdigest()
    if digest != item.checksum:
        raise SystemExit(f"{file}: checksum {digest} is not the promised {item.checksum}")
    return True


def show_tokens(client: XCaaS, sandbox: Sandbox | None) -> None:
    console.print(f"Key may call: {', '.join(client.token_info().products)}")
    if sandbox is not None:
        stats = sandbox.state.credentials.stats
        console.print(
            f"Tokens: {stats.token_requests} requested for {stats.calls} requests, "
            f"{stats.token_requests - 1} of them refreshes; {stats.rejected} calls were refused with 401 or 403"
        )


if __name__ == "__main__":
    sys.exit(main())
