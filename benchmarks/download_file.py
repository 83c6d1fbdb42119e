"""Time and memory of a 1 GB download, compared with the bare HTTP library.

The server runs in a separate process. Our side also verifies the length.
`python -m benchmarks.download_file [MEGABYTES]`
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import httpx

from benchmarks._measure import compare, show
from xcaas_core.downloads._download import Download
from xcaas_core.operations._operation import Call
from xcaas_core.sdk import (
    ClientBase,
    DownloadSpec,
    LinkSpec,
    Operation,
    Product,
    Server,
    binary_response,
    json_response,
    path,
)

BUDGET: Final = 1.1
MEMORY_BUDGET: Final = 20e6
PRODUCT: Final = Product(
    "files", title="Files", servers=(Server("https://files.test"),), schemes={}, package="benchmarks"
)
METADATA: Final[Operation[object]] = Operation(
    PRODUCT, "facts", "GET", "/md5", call="files.facts", responses={"200": json_response()}
)


def _file(download: DownloadSpec) -> Operation[object]:
    return Operation(
        PRODUCT,
        "file",
        "GET",
        "/{size}",
        call="files.file",
        parameters=(path("size"),),
        responses={"200": binary_response()},
        accept="application/octet-stream",
        download=download,
    )


PLAIN: Final = _file(DownloadSpec())
CHECKED: Final = _file(DownloadSpec(checksum=LinkSpec("download_file:METADATA", ""), value="/md5"))

_SERVER: Final = """
import hashlib, socket, sys, threading
size, block = int(sys.argv[1]), bytes(range(256)) * 4096
md5 = hashlib.md5(usedforsecurity=False)
for start in range(0, size, len(block)):
    md5.update(block[: size - start])
facts = b'{"md5": "%s"}' % md5.hexdigest().encode()

def serve(connection):
    with connection, connection.makefile("rb") as stream:
        while line := stream.readline():
            name = line.split()[1].decode().strip("/")
            while stream.readline().strip():
                pass
            length = int(name) if name.isdecimal() else len(facts)
            kind = b"octet-stream" if name.isdecimal() else b"json"
            head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/%s\\r\\nContent-Length: %d\\r\\n\\r\\n"
            connection.sendall(head % (kind, length))
            if not name.isdecimal():
                connection.sendall(facts)
                continue
            for start in range(0, length, len(block)):
                connection.sendall(block[: length - start])

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
"""


class _Client(ClientBase):
    def file(self, operation: Operation[object], size: int) -> Download:
        return Download(self._session, Call(operation, (str(size),), stream=True))


def main(megabytes: int = 1000) -> int:
    size = megabytes * 1_000_000
    server = subprocess.Popen([sys.executable, "-c", _SERVER, str(size // 4)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with _Client(base_url=base) as client, tempfile.TemporaryDirectory() as folder:
            return _measure(client, base, size, Path(folder))
    finally:
        server.kill()
        server.wait()


def _measure(client: _Client, base: str, size: int, folder: Path) -> int:
    # First, while the process is small: only growth of the peak can be measured.
    client.file(PLAIN, 1_000_000).save(folder / "small")
    growth = _memory_growth(lambda: client.file(PLAIN, size).save(folder / "ours"))
    print(f"memory growth of {size / 1e6:.0f} MB to a file: {growth / 1e6:.1f} MB  budget {MEMORY_BUDGET / 1e6:g} MB")
    # Among many short rounds, an undisturbed one is more likely than among a few long ones.
    part = size // 4
    plain, checked, url = client.file(PLAIN, part), client.file(CHECKED, part), f"{base}/{part}"
    name = "httpx2" if find_spec("httpx2") else "httpx"
    with _bare(name) as bare:
        comparisons: list[tuple[str, Callable[[], object], Callable[[], object], float | None]] = [
            ("stream", lambda: sum(map(len, plain.iter_bytes())), partial(_stream, bare, url), BUDGET),
            ("to a file", partial(_save, plain, folder / "a"), partial(_write, bare, url, folder / "b"), BUDGET),
            (
                "to a file with MD5",
                partial(_save, checked, folder / "a"),
                partial(_hash, bare, url, folder / "b"),
                None,
            ),
        ]
        within_budget = True
        for subject, ours, peer, budget in comparisons:
            comparison = compare(ours, peer, rounds=15)
            show(f"{part / 1e6:.0f} MB {subject}", comparison, peer=f"bare {name}", budget=budget)
            within_budget = within_budget and (budget is None or comparison.ratio <= budget)
    return 0 if within_budget and growth < MEMORY_BUDGET else 1


def _bare(name: str) -> httpx.Client:
    """Return a client of the HTTP library that the SDK uses here. httpx2 has the same interface."""
    if name == "httpx":
        return httpx.Client()
    import httpx2

    client: httpx.Client = httpx2.Client()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    return client


def _stream(bare: httpx.Client, url: str) -> None:
    with bare.stream("GET", url) as response:
        for _ in response.iter_bytes():
            pass


def _save(file: Download, target: Path) -> None:
    target.unlink(missing_ok=True)  # freeing the blocks of an old file is slow and should not be measured
    file.save(target)


def _write(bare: httpx.Client, url: str, target: Path) -> None:
    target.unlink(missing_ok=True)
    with bare.stream("GET", url) as response, target.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)


def _hash(bare: httpx.Client, url: str, target: Path) -> None:
    target.unlink(missing_ok=True)
    digest = hashlib.md5(usedforsecurity=False)
    with bare.stream("GET", url) as response, target.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
            digest.update(chunk)
    digest.hexdigest()


def _memory_growth(work: Callable[[], object]) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
