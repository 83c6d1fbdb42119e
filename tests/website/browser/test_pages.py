"""Each page in a browser, on a phone and on a desk, light and dark: readable by everybody, and in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.website.browser.asking import ask
from tests.website.built import broken_links, read
from website import _guides, _pages, _reference

SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
GUIDES = [_pages.address(name) for name in _guides.pages()]
PRODUCTS = [f"products/{name}/" for name in _reference.product_names()]
PAGES = ["", *GUIDES, *PRODUCTS, "404.html"]
Scheme = Literal["light", "dark"]
on_a_phone = pytest.mark.parametrize("seen", [("phone", "light"), ("phone", "dark")], ids="-".join, indirect=True)


@dataclass
class Seen:
    """A tab, and what a reader never sees of a good page."""

    page: Page
    address: str
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.trouble.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("response", lambda response: self._check(response.url, response.status))
        self.page.on("request", lambda request: self._check(request.url, 200))

    def _check(self, url: str, status: int) -> None:
        if status >= 400 or not url.startswith((self.address, "data:", "blob:")):
            self.trouble.append(f"{status} {url}")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.locator("[data-md-component=content] h1, .md-content h1").first.wait_for()


@pytest.fixture(params=product(SIZES, ("light", "dark")), ids="-".join)
def seen(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Seen]:
    size: str
    scheme: Scheme
    size, scheme = request.param
    with browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce") as context:
        yield Seen(context.new_page(), address)


def barriers(page: Page) -> list[str]:
    """Return what axe finds: the rule, and the elements that break it."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{found['id']}: {node['html']} {node['failureSummary']}" for found in violations for node in found["nodes"]
    ]


def overflow(page: Page) -> object:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody(seen: Seen, path: str) -> None:
    seen.open(path)
    assert not overflow(seen.page)
    assert not barriers(seen.page)
    assert not seen.trouble


@on_a_phone
def test_the_menu_of_a_phone_is_for_everybody(seen: Seen) -> None:
    seen.open("calls/")
    seen.page.locator(".md-header label[for=__drawer]").click()
    seen.page.locator(".md-nav--primary .md-nav__link--active").first.wait_for(state="visible")
    assert not barriers(seen.page)


def test_hits_of_the_search_are_for_everybody(seen: Seen) -> None:
    seen.open("calls/")
    ask(seen.page, "page")
    assert not barriers(seen.page)
    assert not overflow(seen.page)
    assert not seen.trouble


def test_no_page_is_left_out_and_links_and_anchors_lead_somewhere(site: Path) -> None:
    pages = read(site)
    shown = {path.relative_to(site).as_posix().removesuffix("index.html") for path in pages}
    assert shown == set(PAGES)
    assert not broken_links(pages)
