"""The search of the site, used as by a reader."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["search"]


def search(page: Page, question: str) -> None:
    """Type a question into the search field of the open page, and wait for results."""
    field = page.locator("input[data-md-component=search-query]")
    if page.evaluate("innerWidth < 1000"):
        page.locator(".md-header__button[for=__search]").click()
    else:
        field.click()
    # Text typed before the index is loaded may be lost.
    page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for()
    field.fill(question)
    # The search starts at a key press. Typing letter by letter would show results for a part of the question first.
    field.press("End")
    page.locator(".md-search-result__link").first.wait_for()
