"""A site of one product is built without a warning; its links and anchors lead somewhere, and nothing comes from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from website._pages import stage
from website._product_page import write
from website._reference import ROOT, load


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.assets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name, value in attrs if name in ("id", "name") and value}
        if tag == "a" and given.get("href"):
            self.links.add(given["href"] or "")
        elif tag in ("link", "script", "img", "iframe") and given.get("rel") != "canonical":
            self.assets |= {value for name, value in attrs if name in ("href", "src") and value}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("website")
    settings = stage(["storage"], folder / "staged", folder / "site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(settings)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_links_and_anchors_lead_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    assert len(pages) > 20
    for path, page in pages.items():
        for link in page.links if path.name != "404.html" else ():
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), (path, link)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, (path, link)


def test_nothing_comes_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    loaded = {asset for page in pages.values() for asset in page.assets}
    assert len(loaded) > 3
    assert not {asset for asset in loaded if urlsplit(asset).netloc or asset.startswith("//")}
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import )['\"]?(?:https?:)?//", styles)


def test_texts_for_language_models_name_every_page(site: Path) -> None:
    overview = (site / "llms.txt").read_text("utf-8")
    addresses = re.findall(r"^- \[.+\]\((.+?)\): .+$", overview, re.MULTILINE)
    assert {"calls/", "testing/", "products/storage/"} <= set(addresses)
    assert all((site / address / "index.html").is_file() for address in addresses if address != "llms-full.txt")
    everything = (site / "llms-full.txt").read_text("utf-8")
    assert "# Cloud Storage" in everything
    assert "# Credentials and tokens" in everything


def test_a_page_says_what_a_call_needs_and_gives() -> None:
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


def test_jobs_have_examples() -> None:
    page = write(load("storage"))
    restored = page.partition("{ #objects.restore_and_wait }")[2].partition("\n### ")[0]
    assert 'result = await client.storage.objects.restore_and_wait("' in restored
    assert "xcaas storage objects restore-and-wait " in restored
    assert 'await result.save("content")' in page.partition("{ #bulk_downloads.download }")[2].partition("\n### ")[0]


def test_the_built_site_is_not_committed() -> None:
    assert "build/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
