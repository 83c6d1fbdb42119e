"""Walking over the pages of a list as its `PaginationSpec` says, without I/O.

A `PageIterator` says which page to request next, takes the responses, and detects the
end of the list. It ends or fails, whatever a server does:

- The same page for the same cursor adds no items. If it names a new cursor, the walk
  continues; otherwise it fails with `PagingError`, as ending quietly could lose the
  rest of the list.
- The same cursor with other items is progress: search engines keep one scroll id
  for a whole walk.
- `MAX_EQUAL_PAGES` equal pages in a row fail with `PagingError`, too, unless a total
  says that more should follow. More empty ones are allowed: filters may cause them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

from .._errors import DecodeError, PagingError
from .._json import Absent, JSONValue
from .._pointer import find, value_at
from .._text import plural
from ..http._headers import link_target
from ..operations._extensions import PaginationSpec, StopCondition, ValueLocation

__all__ = ["MAX_EQUAL_PAGES", "PageIterator", "RawPage", "ResumeToken"]

MAX_EQUAL_PAGES: Final = 32
_MAX_EMPTY_PAGES: Final = 1000
_TOTAL_TESTS: Final = ("page-count", "last-page", "item-count")


@dataclass(slots=True, eq=False)
class ResumeToken:
    """A position in a list, to resume from.

    Args:
        key: Page number, cursor or link of the page; None for the first page of a list
            that starts without one.
        index: Pages before this one.
        seen: Items before this page.
        skip: Items of this page already received.
    """

    key: str | int | None
    index: int = 0
    seen: int = 0
    skip: int = 0

    def after(self, items: int) -> ResumeToken:
        """Return the position after the first `items` items of this page."""
        return replace(self, skip=items)

    def to_text(self, call: str) -> str:
        """Return the token as a string to store, valid for the same call with the same arguments."""
        import json
        from base64 import urlsafe_b64encode

        data = json.dumps([1, call, self.key, self.index, self.seen, self.skip], separators=(",", ":"))
        return urlsafe_b64encode(data.encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: object, call: str, *, numbered: bool = False) -> ResumeToken:
        """Return the token from the string of `to_text`. ValueError if it is damaged or belongs to another call.

        `numbered` lists have a page number as their key.
        """
        import json
        from base64 import b64decode

        if not isinstance(text, str):
            raise ValueError(f"a resume token is a str, not {type(text).__name__}; None means the end of the list")
        try:
            # `urlsafe_b64decode` warns of `+` and `/` from Python 3.15 on.
            padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
            version, owner, key, index, seen, skip = json.loads(b64decode(padded))
        except (ValueError, TypeError, RecursionError):
            version, owner, key, index, seen, skip = 0, None, None, 0, 0, 0
        numbers = (index, seen, skip, key) if numbered and owner == call else (index, seen, skip)
        if version != 1 or not all(isinstance(number, int) and number >= 0 for number in numbers):
            raise ValueError(f"not a resume token of {call}; pass the string from `pager.resume_token`")
        if owner != call:
            raise ValueError(f"this resume token belongs to {owner}, not to {call}")
        return cls(key if isinstance(key, str | int) else None, index, seen, skip)


@dataclass(slots=True, eq=False)
class RawPage:
    """One page as received, its items not decoded; its position, and that of the next page, if any."""

    items: list[JSONValue]
    position: ResumeToken
    next: ResumeToken | None
    body: JSONValue
    headers: Mapping[str, str]
    complete: Callable[[DecodeError], object] = field(init=False)
    """Adds details of the call to an error of an item; set where the page was fetched."""


class PageIterator:
    """One walk over the pages of a list, from the start or from a resume token."""

    __slots__ = ("_last_digest", "_page_count", "_paging", "_repeats", "_seen_pages", "_sent_keys", "position")

    def __init__(self, paging: PaginationSpec, start: ResumeToken | None = None) -> None:
        self._paging = paging
        # Hashes of the keys sent, and of keys with their pages, to use little memory on long walks.
        self._sent_keys: set[int] = set()
        self._seen_pages: set[int] = set()
        self._page_count = 0
        self._repeats = 0
        self._last_digest: int | None = None
        self.position: ResumeToken | None = start or ResumeToken(self._first_key())
        """The start of the next page to request; None if there is none."""

    @property
    def done(self) -> bool:
        return self.position is None

    def ends_with(self, status: int) -> bool:
        """Return whether an error status means that the walk is past the end.

        A list may shrink while it is read. On the first request the same status is
        a real error, about an argument.
        """
        return self._page_count > 0 and status == self._paging.past_end

    def stop(self) -> None:
        """End the walk."""
        self.position = None

    def advance(self, body: JSONValue, headers: Mapping[str, str], url: str = "") -> RawPage:
        """Return the page in the response for `position`, which came from `url`, and move to the next one.

        Raises PagingError if the response contains no list, or the server repeats pages.
        """
        position = self.position
        if position is None:
            raise ValueError("this walk is over")
        items = self._items(body, headers)
        digest = hash((len(items), repr(items[:1]), repr(items[-1:])))
        is_repeat = hash((position.key, digest)) in self._seen_pages
        self._sent_keys.add(hash(position.key))
        self._seen_pages.add(hash((position.key, digest)))
        new_items: list[JSONValue] = [] if is_repeat else items
        self._repeats = self._repeats + 1 if digest == self._last_digest else 0
        self._last_digest = digest
        self._page_count += 1
        seen = position.seen + len(new_items)
        key = self._next_key(position, items, seen, body, headers)
        if key is not None and self._paging.style == "link":
            try:
                key = urljoin(url, str(key))
            except ValueError:
                raise PagingError("the link to the next page is not an address") from None
        if key is not None and (
            (is_repeat and hash(key) in self._sent_keys)
            or self._repeats >= (MAX_EQUAL_PAGES if items else _MAX_EMPTY_PAGES)
        ):
            raise PagingError(
                f"the server keeps giving the same page (after {plural(seen, 'item')}, the last cursor is {key!r}); "
                "read the list again, and report it to the vendor if it happens again"
            )
        self.position = None if key is None else ResumeToken(key, position.index + 1, seen)
        return RawPage(new_items, position, self.position, body, headers)

    def _first_key(self) -> int | None:
        return (self._paging.first or 0) if self._paging.style == "page" else self._paging.first

    def _items(self, body: JSONValue, headers: Mapping[str, str]) -> list[JSONValue]:
        value = find(body, self._paging.items)
        embedded = self._embedded(body) if isinstance(value, Absent) else []
        if len(embedded) == 1:
            return embedded[0]
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            return [value]  # some services send a list of one as the bare object
        if value is None or (not embedded and self._may_be_missing(body, headers)):
            return []
        raise PagingError(f"the response contains no list at {self._paging.items!r}; it may be damaged, try again")

    def _embedded(self, body: JSONValue) -> list[list[JSONValue]]:
        """Return the lists of a HAL page, whatever their names: the vendor's samples and schemas disagree on them."""
        embedded = value_at(body, "/_embedded") if self._paging.items.startswith("/_embedded/") else None
        return [value for value in embedded.values() if isinstance(value, list)] if isinstance(embedded, dict) else []

    def _may_be_missing(self, body: JSONValue, headers: Mapping[str, str]) -> bool:
        """Return whether the list may be missing: HAL leaves out empty lists; elsewhere, only on the last page."""
        if not isinstance(find(body, self._paging.items), Absent):
            return False
        if self._paging.items.startswith("/_embedded/"):
            return True
        return any(rule.test == "equals" and _is_met(rule, 0, 0, 0, body, headers) for rule in self._paging.last)

    def _next_key(
        self, position: ResumeToken, items: list[JSONValue], seen: int, body: JSONValue, headers: Mapping[str, str]
    ) -> str | int | None:
        """Return the key of the next page, or None if there is none."""
        paging = self._paging
        if not items and paging.empty_ends:
            return None
        number = position.index + (paging.first or 0)
        if any(_is_met(rule, number, position.index + 1, seen, body, headers) for rule in paging.last):
            return None
        if paging.style == "page":
            if items and any(_total(rule, body, headers) is not None for rule in paging.last):
                self._repeats = 0  # a total bounds the walk
            return int(position.key or 0) + 1
        value = _value(paging.next, body, headers) if paging.next else None
        # In Python, a boolean is an integer, too.
        return value if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _is_met(
    rule: StopCondition, number: int, pages: int, items: int, body: JSONValue, headers: Mapping[str, str]
) -> bool:
    """Return whether a condition says that this page, with this number, is the last."""
    if rule.test in _TOTAL_TESTS:
        total = _total(rule, body, headers)
        progress = {"page-count": pages, "last-page": number, "item-count": items}[rule.test]
        return total is not None and progress >= total
    value = _value(rule.location, body, headers)
    if rule.test == "absent":
        return value is None or value == ""
    if rule.test == "equals":
        return _equal(value, rule.value)
    fields = rule.value if isinstance(rule.value, dict) else {}
    rows = value if isinstance(value, list) else []
    return not any(
        isinstance(row, dict) and all(_equal(row.get(name), fields[name]) for name in fields) for row in rows
    )


def _total(rule: StopCondition, body: JSONValue, headers: Mapping[str, str]) -> int | None:
    if rule.test not in _TOTAL_TESTS:
        return None
    value = _value(rule.location, body, headers)
    try:
        total = int(value) if isinstance(value, str | int | float) else -1
    except (ValueError, OverflowError):  # such as infinity
        return None
    return total if total >= 0 else None  # -1 often means unknown


def _equal(value: JSONValue, expected: object) -> bool:
    """Compare without regard to letter case, and to booleans and numbers sent as strings."""
    return value is not None and str(value).strip().casefold() == str(expected).strip().casefold()


def _value(location: ValueLocation, body: JSONValue, headers: Mapping[str, str]) -> JSONValue:
    name = location[1]
    if location[0] == "header":
        return headers.get(name)
    return value_at(body, name) if location[0] == "body" else link_target(headers.get("Link"), name)
