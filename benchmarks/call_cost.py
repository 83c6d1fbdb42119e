"""A typed blocking call against the bare HTTP library, on the loopback, in CPU time.

`python -m benchmarks.call_cost`: once as installed, once with the extra `httpx2`. Plain `openapi-python-client` is measured
beside it, against bare `httpx` too, with the same answers.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks._measure import compare, show
from benchmarks._plain_client import answer, plain_models
from benchmarks._small_answers import HEADERS, each_library, library, serving

if TYPE_CHECKING:
    import httpx

BUDGET: Final = 1.10
CALLS: Final = 300
ROUNDS: Final = 15
# One object, as a page of one without the page around it.
PAGE: Final = answer(1).decode()
OBJECT: Final = PAGE[PAGE.index("[") + 1 : PAGE.rindex("],")]


def main(arguments: list[str]) -> int:
    if not arguments:
        return each_library("benchmarks.call_cost", ())
    make = library(arguments[0])
    with serving(OBJECT) as base, make() as bare:
        held = _ours(arguments[0], base, bare)
    if arguments[0] == "httpx":
        with serving(PAGE) as base, make() as bare, tempfile.TemporaryDirectory() as folder:
            _plain(base, bare, Path(folder))
    return 0 if held else 1


def _ours(name: str, base: str, bare: httpx.Client) -> bool:
    import xcaas

    with xcaas.XCaaS(base_url=base, credentials=xcaas.BearerToken("token"), rate_limits=False) as client:
        assert client.storage.objects.get("o1").mime_type == "audio/mpeg"
        ask = client.storage.objects.get
        found = compare(_many(lambda: ask("o1")), _bare(bare, f"{base}/storage/us-west/v3/objects/o1"), rounds=ROUNDS)
    show(f"{CALLS} typed calls over {name}", found, peer=f"bare {name} with .json()", budget=BUDGET)
    return found.ratio <= BUDGET


def _plain(base: str, bare: httpx.Client, folder: Path) -> None:
    plain_models(folder)
    client = importlib.import_module("plain_storage_client").Client(base_url=base, headers=HEADERS)
    search = importlib.import_module("plain_storage_client.api.default.search")
    assert search.sync(client=client).content[0].mime_type == "audio/mpeg"
    found = compare(_many(lambda: search.sync(client=client)), _bare(bare, f"{base}/objects"), rounds=ROUNDS)
    show("peer: plain openapi-python-client", found, peer="bare httpx with .json()")


def _bare(bare: httpx.Client, url: str) -> Callable[[], None]:
    def one() -> object:
        response = bare.get(url, headers=HEADERS)
        response.raise_for_status()
        return response.json()

    return _many(one)


def _many(one: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(CALLS):
            one()

    return run


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
