"""Each page in a browser, on phone and desktop, light and dark: accessible, without overflow or errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.website.browser.asking import search
from tests.website.built import broken_links, read
from website import _guides, _pages, _reference

SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
GUIDES = [_pages.address(name) for name in _guides.pages()]
PRODUCTS = [f"products/{name}/" for name in _reference.product_names()]
PAGES = ["", *GUIDES, *PRODUCTS, "404.html"]
Scheme = Literal["light", "dark"]
on_a_phone = pytest.mark.parametrize("tab", [("phone", "light"), ("phone", "dark")], ids="-".join, indirect=True)


@dataclass
class Tab:
    """A browser tab, and the problems of the pages it opened: console messages, errors, requests to other hosts."""

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.problems.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("response", lambda response: self._check(response.url, response.status))
        self.page.on("request", lambda request: self._check(request.url, 200))

    def _check(self, url: str, status: int) -> None:
        if status >= 400 or not url.startswith((self.address, "data:", "blob:")):
            self.problems.append(f"{status} {url}")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.locator("[data-md-component=content] h1, .md-content h1").first.wait_for()


@pytest.fixture(params=product(SIZES, ("light", "dark")), ids="-".join)
def tab(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Tab]:
    size: str
    scheme: Scheme
    size, scheme = request.param
    with browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce") as context:
        yield Tab(context.new_page(), address)


def accessibility_violations(page: Page) -> list[str]:
    """Return the violations that axe reports: the rule and the element."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def horizontal_overflow(page: Page) -> object:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(tab: Tab, path: str) -> None:
    tab.open(path)
    assert not horizontal_overflow(tab.page)
    assert not accessibility_violations(tab.page)
    assert not tab.problems


@on_a_phone
def test_phone_menu_is_accessible(tab: Tab) -> None:
    tab.open("calls/")
    tab.page.locator(".md-header label[for=__drawer]").click()
    tab.page.locator(".md-nav--primary .md-nav__link--active").first.wait_for(state="visible")
    assert not accessibility_violations(tab.page)


def test_search_results_are_accessible(tab: Tab) -> None:
    tab.open("calls/")
    search(tab.page, "page")
    assert not accessibility_violations(tab.page)
    assert not horizontal_overflow(tab.page)
    assert not tab.problems


def test_all_pages_are_built_and_links_resolve(site: Path) -> None:
    pages = read(site)
    paths = {path.relative_to(site).as_posix().removesuffix("index.html") for path in pages}
    assert paths == set(PAGES)
    assert not broken_links(pages)
