"""What the paging facts of an operation mean: a walk over its pages, without I/O.

A `PageIterator` says which page to ask for next, is fed the responses, and knows when
the list is over. It ends or fails, whatever a server does:

- A page that comes again for a cursor that was sent before adds no items. If the
  server then names a cursor that is new, the walk goes on; if not, it cannot get any
  further and fails with `PagingError`. Ending quietly instead could lose the rest
  of the list.
- The same cursor with other items is progress: search engines keep one scroll id
  for a whole walk.
- Pages that are all alike although each request differs end with `PagingError` too,
  after `PATIENCE` of them, unless a total says that more should follow. Filters may give many empty ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from .._errors import PagingError
from .._json import Absent, JSONValue
from .._pointer import find, value_at
from .._text import plural
from ..http._headers import link_target
from ..operations._extensions import PaginationSpec, StopCondition, ValueLocation

__all__ = ["PATIENCE", "PageIterator", "RawPage", "ResumeToken"]

PATIENCE: Final = 32
_EMPTY_PAGES: Final = 1000
_TOTALS: Final = ("page-count", "last-page", "item-count")


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
        """Return the place behind the first `items` items of this page."""
        return replace(self, skip=items)

    def to_text(self, call: str) -> str:
        """Return the token as text, to store. It is valid for the same call with the same arguments."""
        import json
        from base64 import urlsafe_b64encode

        facts = json.dumps([1, call, self.key, self.index, self.seen, self.skip], separators=(",", ":"))
        return urlsafe_b64encode(facts.encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str, call: str, *, numbered: bool = False) -> ResumeToken:
        """Return the token from the text of `to_text`. ValueError if it is damaged or belongs to another call.

        `numbered` lists have a page number as their key.
        """
        import json
        from base64 import b64decode

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
    """One page as it came: items still undecoded, where it starts and what comes next (None: nothing)."""

    items: list[JSONValue]
    here: ResumeToken
    next: ResumeToken | None
    body: JSONValue
    headers: Mapping[str, str]


class PageIterator:
    """One walk over the pages of a list, from the start or from a resume token."""

    __slots__ = ("_fed", "_keys", "_marks", "_paging", "_previous", "_run", "position")

    def __init__(self, paging: PaginationSpec, start: ResumeToken | None = None) -> None:
        self._paging = paging
        # Hashes of the keys sent, and of keys with the pages they brought: small also on long walks.
        self._keys: set[int] = set()
        self._marks: set[int] = set()
        self._fed = 0
        self._run = 0
        self._previous: int | None = None
        self.position: ResumeToken | None = start or ResumeToken(self._first_key())
        """Where the page to ask for next begins; None when there is none."""

    @property
    def done(self) -> bool:
        return self.position is None

    def ends_with(self, status: int) -> bool:
        """Return whether an error status only says that the walk has gone past the end.

        A list may shrink while it is read. On the first request the same status is
        a real error: some argument is wrong.
        """
        return self._fed > 0 and status == self._paging.past_end

    def stop(self) -> None:
        """End the walk."""
        self.position = None

    def advance(self, body: JSONValue, headers: Mapping[str, str], url: str = "") -> RawPage:
        """Take in the response for `position`, which came from `url`, and move on.

        Raises PagingError if the response holds no list, or the walk goes in circles.
        """
        here = self.position
        if here is None:
            raise ValueError("this walk is over")
        items = self._items(body, headers)
        mark = hash((len(items), repr(items[:1]), repr(items[-1:])))
        again = hash((here.key, mark)) in self._marks
        self._keys.add(hash(here.key))
        self._marks.add(hash((here.key, mark)))
        fresh: list[JSONValue] = [] if again else items
        self._run = self._run + 1 if mark == self._previous else 0
        self._previous = mark
        self._fed += 1
        seen = here.seen + len(fresh)
        key = self._next_key(here, items, seen, body, headers)
        if key is not None and self._paging.style == "link":
            try:
                key = urljoin(url, str(key))
            except ValueError:
                raise PagingError("the link to the next page is not an address") from None
        if key is not None and (
            (again and hash(key) in self._keys) or self._run >= (PATIENCE if items else _EMPTY_PAGES)
        ):
            raise PagingError(
                f"the server keeps giving the same page (after {plural(seen, 'item')}, the last cursor is {key!r}); "
                "read the list again, and report it to the vendor if it happens again"
            )
        self.position = None if key is None else ResumeToken(key, here.index + 1, seen)
        return RawPage(fresh, here, self.position, body, headers)

    def _first_key(self) -> int | None:
        return (self._paging.first or 0) if self._paging.style == "page" else self._paging.first

    def _items(self, body: JSONValue, headers: Mapping[str, str]) -> list[JSONValue]:
        found = find(body, self._paging.items)
        embedded = self._embedded(body) if isinstance(found, Absent) else []
        if len(embedded) == 1:
            return embedded[0]
        if isinstance(found, list):
            return found
        if isinstance(found, dict):
            return [found]  # some services send a list of one as the bare object
        if found is None or (not embedded and self._may_be_missing(body, headers)):
            return []
        raise PagingError(f"the response contains no list at {self._paging.items!r}; it may be damaged, try again")

    def _embedded(self, body: JSONValue) -> list[list[JSONValue]]:
        """Return the lists of a HAL page by whatever names: the vendor's sample and schema don't always agree on one."""
        embedded = value_at(body, "/_embedded") if self._paging.items.startswith("/_embedded/") else None
        return [value for value in embedded.values() if isinstance(value, list)] if isinstance(embedded, dict) else []

    def _may_be_missing(self, body: JSONValue, headers: Mapping[str, str]) -> bool:
        """Return whether the list is missing with reason. HAL leaves out empty lists; elsewhere another sign is needed
        that the page is the last."""
        if not isinstance(find(body, self._paging.items), Absent):
            return False
        if self._paging.items.startswith("/_embedded/"):
            return True
        return any(rule.test == "equals" and _holds(rule, 0, 0, 0, body, headers) for rule in self._paging.last)

    def _next_key(
        self, here: ResumeToken, items: list[JSONValue], seen: int, body: JSONValue, headers: Mapping[str, str]
    ) -> str | int | None:
        """Return the key of the page that follows, or None if none does."""
        paging = self._paging
        if not items and paging.empty_ends:
            return None
        number = here.index + (paging.first or 0)
        if any(_holds(rule, number, here.index + 1, seen, body, headers) for rule in paging.last):
            return None
        if paging.style == "page":
            if items and any(_total(rule, body, headers) is not None for rule in paging.last):
                self._run = 0  # a total bounds the walk already
            return int(here.key or 0) + 1
        value = _value(paging.next, body, headers) if paging.next else None
        # A boolean is no cursor, although Python counts it among the integers.
        return value if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _holds(
    rule: StopCondition, number: int, pages: int, items: int, body: JSONValue, headers: Mapping[str, str]
) -> bool:
    """Return whether a sign says that this page, the one of this number, is the last."""
    if rule.test in _TOTALS:
        total = _total(rule, body, headers)
        reached = {"page-count": pages, "last-page": number, "item-count": items}[rule.test]
        return total is not None and reached >= total
    value = _value(rule.spot, body, headers)
    if rule.test == "absent":
        return value is None or value == ""
    if rule.test == "equals":
        return _same(value, rule.value)
    wanted = rule.value if isinstance(rule.value, dict) else {}
    rows = value if isinstance(value, list) else []
    return not any(isinstance(row, dict) and all(_same(row.get(name), wanted[name]) for name in wanted) for row in rows)


def _total(rule: StopCondition, body: JSONValue, headers: Mapping[str, str]) -> int | None:
    if rule.test not in _TOTALS:
        return None
    value = _value(rule.spot, body, headers)
    try:
        total = int(value) if isinstance(value, str | int | float) else -1
    except (ValueError, OverflowError):  # infinity, among others
        return None
    return total if total >= 0 else None  # -1 often stands for a total that is not known


def _same(value: JSONValue, wanted: object) -> bool:
    """Compare, forgiving letter case, and booleans and numbers sent as text."""
    return value is not None and str(value).strip().casefold() == str(wanted).strip().casefold()


def _value(spot: ValueLocation, body: JSONValue, headers: Mapping[str, str]) -> JSONValue:
    name = spot[1]
    if spot[0] == "header":
        return headers.get(name)
    return value_at(body, name) if spot[0] == "body" else link_target(headers.get("Link"), name)
