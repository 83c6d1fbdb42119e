"""What editors show while a program is typed, according to real language servers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .server import Editor, editor

START = "from xcaas import AsyncXCaaS, XCaaS\n\nclient = XCaaS()\n"
LOOP = START + "for item in client.storage.objects.search():\n    "

# program, names that must be offered, names that must not
OFFERS = {
    "products": (START + "client.‸", {"storage", "cc_realtime", "work_analytics", "administration"}, {"items"}),
    "resources": (START + "client.storage.‸", {"objects", "buckets", "bulk_downloads", "regions"}, set[str]()),
    "nested resources": (START + "client.cc_realtime.queues.‸", {"list", "get", "agents"}, set[str]()),
    "verbs": (START + "client.storage.objects.‸", {"search", "get", "download", "delete"}, set[str]()),
    "fields of an item": (LOOP + "item.‸", {"mime_type", "tags", "created_time", "to_dict"}, set[str]()),
    "pager": (START + "client.storage.objects.search().‸", {"pages", "limit", "first", "to_list"}, set[str]()),
    "models": ("from xcaas.storage.models import ‸", {"StorageObject", "Tag", "ObjectState"}, set[str]()),
}
# How programs in README and docs/ get clients, items and models.
TREE = {"storage", "cc_realtime", "with_options"}
ITEM = {"mime_type", "created_time", "evolve"}
FETCHED = START + 'item = client.storage.objects.get("1")\n'
IDIOMS = {
    "with": ("from xcaas import XCaaS\n\nwith XCaaS() as client:\n    client.‸", TREE),
    "async with": (
        "from xcaas import AsyncXCaaS\n\nasync def main() -> None:\n    async with AsyncXCaaS() as client:\n        client.‸",
        TREE,
    ),
    "from_env": ("from xcaas import XCaaS\n\nwith XCaaS.from_env() as client:\n    client.‸", TREE),
    "copies of a client": (START + "client.with_options(timeout=5).‸", TREE),
    "copies of resources": (START + "client.storage.objects.with_options(timeout=5).‸", {"search", "get"}),
    "pagers": (START + "client.storage.objects.search().limit(3).‸", {"pages", "to_list"}),
    "items up to a limit": (START + "for item in client.storage.objects.search().limit(3):\n    item.‸", ITEM),
    "items with async for": (
        START + "async def main(client: AsyncXCaaS) -> None:\n"
        "    async for item in client.storage.objects.search().limit(3):\n        item.‸",
        ITEM,
    ),
    "items of pages": (
        START + "for page in client.storage.objects.search().pages():\n    for item in page.items:\n        item.‸",
        ITEM,
    ),
    "evolved models": (FETCHED + 'item.evolve(mime_type="audio/mpeg").‸', ITEM),
    "read models": ("from xcaas.storage.models import StorageObject\n\nStorageObject.from_dict({}).‸", ITEM),
}
REGIONS = {"uk", "us-west"}
LITERALS = {
    "region": ('from xcaas import XCaaS\n\nwith XCaaS(region="‸") as client:\n    pass', REGIONS),
    "region from_env": ('from xcaas import XCaaS\n\nwith XCaaS.from_env(region="‸") as client:\n    pass', REGIONS),
    "region of a copy": (START + 'client.with_options(region="‸")', REGIONS),
    "region of a product": (START + 'XCaaS(region={"storage": "‸"})', REGIONS),
    "region of an async client": (START + 'AsyncXCaaS.from_env(region="‸").with_options()', REGIONS),
    "region of an async copy": (START + 'AsyncXCaaS().with_options(region="‸")', REGIONS),
    "argument": (START + 'client.storage.objects.search(sort_direction="‸")', {"ASC", "DESC"}),
    "list argument": (START + 'client.cc_realtime.queues.list(metrics=["‸"])', {"slaPercentage.today"}),
    "comparison": (LOOP + 'if item.object_state == "‸":\n        pass\n', {"AVAILABLE", "REVOKED"}),
    "keys of a body": (START + 'client.cc_historical.detailed_reports.create(report={"‸"})', {"type", "dateRange"}),
}


def run_in_editor(kind: str, folder: Path, check: Callable[[Editor], Awaitable[None]]) -> None:
    async def run() -> None:
        async with editor(kind, folder) as window:
            await check(window)

    asyncio.run(asyncio.wait_for(run(), 110))


@pytest.mark.parametrize("kind", ["pyright", "jedi"])
def test_completion_offers_names(kind: str, tmp_path: Path) -> None:
    async def check(window: Editor) -> None:
        for subject, (program, expected, unwanted) in OFFERS.items():
            offered = set(await window.completions(program))
            assert expected <= offered, (subject, sorted(expected - offered))
            assert not unwanted & offered, subject
        for subject, (program, expected) in IDIOMS.items():
            offered = set(await window.completions(program))
            assert expected <= offered, (subject, sorted(expected - offered))

    run_in_editor(kind, tmp_path, check)


def test_completion_offers_values_inside_quotes(tmp_path: Path) -> None:
    async def check(window: Editor) -> None:
        for subject, (program, expected) in LITERALS.items():
            offered = set(await window.completions(program))
            assert expected <= offered, (subject, sorted(offered)[:20])
        # Clients of other documents do not offer the regions of ours.
        other = "from xcaas_core.sdk import ClientBase\n\nclass Client(ClientBase): ...\n\n"
        assert not REGIONS & set(await window.completions(other + 'Client(region="‸")'))

    run_in_editor("pyright", tmp_path, check)


@pytest.mark.parametrize("kind", ["pyright", "jedi"])
def test_signature_help_shows_parameters_and_documentation(kind: str, tmp_path: Path) -> None:
    async def check(window: Editor) -> None:
        signature = await window.signature(START + "client.storage.objects.search(‸)")
        for parameter in ("filter", "sort_field", "sort_direction", "page_key", "limit"):
            assert f"{parameter}: " in signature
        if kind == "pyright":
            assert "Condition in FIQL" in signature

    run_in_editor(kind, tmp_path, check)


@pytest.mark.parametrize("kind", ["pyright", "jedi"])
def test_signature_help_shows_options_of_clients(kind: str, tmp_path: Path) -> None:
    options = ("region: ", "tenant: str", "timeout: ", "retries: ", "headers: ", "base_url: str")

    async def check(window: Editor) -> None:
        for function in ("XCaaS", "AsyncXCaaS", "XCaaS.from_env", "client.with_options"):
            signature = await window.signature(f"{START}other = {function}(‸)")
            for option in options:
                assert option in signature or (option == "headers: " and function == "XCaaS.from_env"), (
                    function,
                    option,
                    signature,
                )
            offered = set(await window.completions(f"{START}other = {function}(re‸)"))
            assert {"region=", "retries="} <= offered, function
        if kind == "pyright":
            assert "Retries after the first attempt" in await window.signature(f"{START}other = AsyncXCaaS(‸)")

    run_in_editor(kind, tmp_path, check)


def test_hovers_show_types_and_documentation(tmp_path: Path) -> None:
    async def check(window: Editor) -> None:
        size = await window.hover(LOOP + "item.stored_by‸tes\n")
        assert "int | None" in size
        assert "bytes" in size
        method = await window.hover(START + "client.storage.objects.sea‸rch()\n")
        assert "Pager[StorageObject]" in method
        assert "Condition in FIQL" in method
        item = await window.hover(START + "for ite‸m in client.storage.objects.search(): ...\n")
        assert "StorageObject" in item
        awaited = await window.hover(
            "from xcaas import AsyncXCaaS\n\nasync def main(client: AsyncXCaaS) -> None:\n"
            '    fou‸nd = await client.storage.objects.get("1")\n'
        )
        assert "StorageObject" in awaited

        product = await window.hover(
            "from xcaas import XCaaS\n\nwith XCaaS.from_env() as client:\n    client.sto‸rage\n"
        )
        assert "Takes ClientCredentials; regions ap, ca, uk, us-east, us-west." in product

    run_in_editor("pyright", tmp_path, check)


def test_deprecated_operations_are_marked(tmp_path: Path) -> None:
    async def check(window: Editor) -> None:
        offered = await window.completions(START + "client.recent_calls.calls.li‸")
        documentation = await window.resolve(offered["list"])
        hover = await window.hover(START + "client.recent_calls.calls.li‸st()\n")
        tags = offered["list"].tags or ()
        assert lsp.CompletionItemTag.Deprecated in tags or "deprecated" in (documentation + hover).lower()

    run_in_editor("pyright", tmp_path, check)
