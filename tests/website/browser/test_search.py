"""The search of the site: for users' questions, the right page is among the first three results."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.website.browser.asking import search

QUESTIONS = {
    "how to page": "lists-jobs-files/|questions/#.*page",
    "walk pages of a list": "lists-jobs-files/|questions/#.*page",
    "what does a 403 mean for a storage key": "questions/#.*403|calls/#errors",
    "permission denied 403": "questions/#.*403|calls/#errors",
    "unit of a realtime metric": "questions/#.*unit|products/cc_realtime/",
    "metric units seconds": "questions/#.*unit|products/cc_realtime/",
    "how to test without network": "testing/|questions/#.*test",
    "test offline": "testing/|questions/#.*test",
    "how to vendor": "vendoring/",
    "vendor a client into another repository": "vendoring/",
    "told of a new recording": "questions/#.*new-recording",
    "how to be told of a new recording": "questions/#.*new-recording",
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_context().new_page()


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items())
def test_search_ranks_the_right_page_among_the_first_three(
    page: Page, address: str, question: str, answer: str
) -> None:
    first = hits(page, address, question)[:3]
    assert any(re.match(answer, hit) for hit in first), first


def hits(page: Page, address: str, question: str) -> list[str]:
    """Return the URLs of search results, relative to the site."""
    page.goto(address)
    search(page, question)
    links: list[str] = page.locator(".md-search-result__item > .md-search-result__link").evaluate_all(
        "links => links.map(link => link.href)"
    )
    return [re.sub(r"\?[^#]*", "", link).removeprefix(address) for link in links]
