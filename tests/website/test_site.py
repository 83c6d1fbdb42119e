"""A site of one product: built without warnings, links and anchors resolve, nothing is loaded from other hosts."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.website.built import Page, broken_links, build, read
from website._product_page import write
from website._reference import ROOT, load


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(["storage"], tmp_path_factory.mktemp("website"))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return read(site)


def test_links_and_anchors_resolve(pages: dict[Path, Page]) -> None:
    assert len(pages) > 20
    assert not broken_links(pages)


def test_pages_load_nothing_from_other_hosts(site: Path, pages: dict[Path, Page]) -> None:
    loaded = {asset for page in pages.values() for asset in page.assets}
    assert len(loaded) > 3
    assert not {asset for asset in loaded if urlsplit(asset).netloc or asset.startswith("//")}
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import )['\"]?(?:https?:)?//", styles)


def test_llms_texts_list_every_page(site: Path) -> None:
    overview = (site / "llms.txt").read_text("utf-8")
    addresses = re.findall(r"^- \[.+\]\((.+?)\): .+$", overview, re.MULTILINE)
    assert {"calls/", "testing/", "products/storage/"} <= set(addresses)
    assert all((site / address / "index.html").is_file() for address in addresses if address != "llms-full.txt")
    full_text = (site / "llms-full.txt").read_text("utf-8")
    assert "# Cloud Storage" in full_text
    assert "# Credentials and tokens" in full_text


def test_product_page_describes_operations() -> None:
    page = write(load("cc_realtime"))
    operation = page.partition("{ #queues.list }")[2].partition("\n### ")[0]
    assert "client.cc_realtime.queues.list(" in operation
    assert 'Known values: "abandoned.int-15m"' in operation
    assert '<a href="#model-QueueMetrics">QueueMetrics</a>' in operation
    assert "`AuthenticationError` (401)" in operation
    assert '<a href="#model-GatewayFault">GatewayFault</a></code> (401)' in operation
    assert '<a href="#model-MessageError">MessageError</a></code> (400, 403, 404, 405)' in operation
    assert "`ClientCredentials` (key and secret)" in operation
    assert "xcaas cc-realtime queues list --limit-total 10" in operation
    assert "async for item in client.cc_realtime.queues.list().limit(10):" in operation
    assert "- **Regions**: `au`, `ca`, `eu`, `us`; `us` unless you say `region=`" in page
    assert "Durations are in milliseconds, percentages from 0 to 100" in page.partition("{ #model-Metric }")[2]
    assert "100 calls in 60 seconds and 20 calls in 10 seconds" in write(load("administration"))


def test_product_page_has_examples_of_jobs() -> None:
    page = write(load("storage"))
    section = page.partition("{ #objects.restore_and_wait }")[2].partition("\n### ")[0]
    assert 'result = await client.storage.objects.restore_and_wait("' in section
    assert "xcaas storage objects restore-and-wait " in section
    assert 'await result.save("content")' in page.partition("{ #bulk_downloads.download }")[2].partition("\n### ")[0]


def test_built_site_is_not_committed() -> None:
    assert "build/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
