"""The search of the site, used as a reader uses it."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["ask"]


def ask(page: Page, question: str) -> None:
    """Type a question into the search of the page that is open, and wait for hits."""
    field = page.locator("input[data-md-component=search-query]")
    if page.evaluate("innerWidth < 1000"):
        page.locator(".md-header__button[for=__search]").click()
    else:
        field.click()
    # What is typed before the index is there can be lost.
    page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for()
    field.fill(question)
    # The search waits for a key; letter by letter, the first hits would be those for a part of the question.
    field.press("End")
    page.locator(".md-search-result__link").first.wait_for()
