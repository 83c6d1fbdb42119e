"""CPU time of a typed blocking call, compared with the bare HTTP library, on loopback.

`python -m benchmarks.call_cost`: once as installed, once with the extra `httpx2`. Plain `openapi-python-client` is also
compared with bare `httpx`, with the same responses.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks._measure import compare, show
from benchmarks._plain_client import page_json, plain_models
from benchmarks._small_answers import HEADERS, json_server, library, run_with_each_library

if TYPE_CHECKING:
    import httpx

BUDGET: Final = 1.10
CALLS: Final = 300
ROUNDS: Final = 15
# A single object, cut out of a page of one.
PAGE: Final = page_json(1).decode()
OBJECT: Final = PAGE[PAGE.index("[") + 1 : PAGE.rindex("],")]


def main(arguments: list[str]) -> int:
    if not arguments:
        return run_with_each_library("benchmarks.call_cost", ())
    client_class = library(arguments[0])
    with json_server(OBJECT) as base, client_class() as bare:
        within_budget = _ours(arguments[0], base, bare)
    if arguments[0] == "httpx":
        with json_server(PAGE) as base, client_class() as bare, tempfile.TemporaryDirectory() as folder:
            _plain(base, bare, Path(folder))
    return 0 if within_budget else 1


def _ours(name: str, base: str, bare: httpx.Client) -> bool:
    import xcaas

    with xcaas.XCaaS(base_url=base, credentials=xcaas.BearerToken("token"), rate_limits=False) as client:
        assert client.storage.objects.get("o1").mime_type == "audio/mpeg"
        get = client.storage.objects.get
        comparison = compare(
            _many(lambda: get("o1")), _bare(bare, f"{base}/storage/us-west/v3/objects/o1"), rounds=ROUNDS
        )
    show(f"{CALLS} typed calls over {name}", comparison, peer=f"bare {name} with .json()", budget=BUDGET)
    return comparison.ratio <= BUDGET


def _plain(base: str, bare: httpx.Client, folder: Path) -> None:
    plain_models(folder)
    client = importlib.import_module("plain_storage_client").Client(base_url=base, headers=HEADERS)
    search = importlib.import_module("plain_storage_client.api.default.search")
    assert search.sync(client=client).content[0].mime_type == "audio/mpeg"
    comparison = compare(_many(lambda: search.sync(client=client)), _bare(bare, f"{base}/objects"), rounds=ROUNDS)
    show("peer: plain openapi-python-client", comparison, peer="bare httpx with .json()")


def _bare(bare: httpx.Client, url: str) -> Callable[[], None]:
    def call() -> object:
        response = bare.get(url, headers=HEADERS)
        response.raise_for_status()
        return response.json()

    return _many(call)


def _many(call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(CALLS):
            call()

    return run


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
