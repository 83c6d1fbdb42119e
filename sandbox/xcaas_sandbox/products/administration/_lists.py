"""Lists of the administration products: scroll ids that go alone, and page numbers for sites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from ..._replies import Problem, Reply
from ..._store import filtered, ordered
from .._pages import decode_cursor, encode_cursor, numbered

if TYPE_CHECKING:
    from ..._clock import Clock
    from ..._handlers import Call
    from ..._specs import Node

__all__ = ["number_page", "scroll_page"]

LIFETIME: Final = 600.0  # seconds that a scroll id lives


def scroll_page(
    call: Call,
    rows: Sequence[Node],
    clock: Clock,
    *,
    sortable: Collection[str] = (),
    prefix: str = "",
    keys: int = 10,
) -> Reply:
    """Return the next page of a walk.

    Args:
        call: Asks for the first page with size, filter and sort, or for another with a scroll id alone.
        rows: Everything there is.
        clock: Scroll ids end.
        sortable: The only paths that rows can be sorted by, if there are such.
        prefix: Put ahead of sort keys that aren't paths: examples have both `lastName` and `basicInfo.lastName`.
        keys: Sort keys that may be given at once.
    """
    start, size, condition, sort = _position(call, clock)
    found = ordered(filtered(rows, condition), _paths(sort, sortable, prefix, keys))
    page, more = found[start : start + size], start + size < len(found)
    following = encode_cursor(start + size, size, condition, sort, clock.now()) if more else None
    return _page(call, page, {"nextScrollId": following}, size, more, condition, sort)


def _position(call: Call, clock: Clock) -> tuple[int, int, str | None, str | None]:
    scroll_id = call.query.get("scrollId")
    if scroll_id is None:
        return 0, call.number("pageSize", 100), call.query.get("filter"), call.query.get("sort")
    others = [name for name in call.query if name != "scrollId"]
    if others:
        message = f"scrollId goes alone, without {', '.join(others)}"
        raise Problem(400, message, code="CONFLICTING_QUERY_PARAMETER", field=others[0])
    unknown = Problem(400, "The scroll id is not one that was handed out", code="VALIDATION_ERROR", field="scrollId")
    start, size, condition, sort, born = decode_cursor(scroll_id, 5, unknown)
    if clock.now() - born > LIFETIME:
        raise Problem(400, "The scroll id has expired", code="VALIDATION_ERROR", field="scrollId")
    return start, size, condition, sort


def number_page(call: Call, rows: Sequence[Node], *, condition: str | None, keys: Sequence[str]) -> Reply:
    """Return a page by its number, for the one list that has no scroll ids."""
    found = numbered(call, ordered(filtered(rows, condition), keys), page="pageNumber", size="pageSize", default=100)
    about = {"pageNumber": found.number}
    return _page(call, found.rows, about, found.size, found.more, condition, call.query.get("sort"))


def _page(
    call: Call, rows: Sequence[Node], about: Node, size: int, more: bool, condition: str | None, sort: str | None
) -> Reply:
    path = "/admin-provisioning" + call.url.partition("/admin-provisioning")[2]
    pagination = {"pageSize": size, "hasMore": more, "filter": condition, "sort": sort, **about}
    links: Node = {"self": {"href": path}}
    if about.get("nextScrollId"):
        links["next"] = {"href": f"{path.partition('?')[0]}?scrollId={about['nextScrollId']}"}
    return Reply({"data": list(rows), "pagination": pagination, "_links": links})


def _paths(sort: str | None, sortable: Collection[str], prefix: str, most: int) -> list[str]:
    keys = [key.strip() for key in (sort or "").split(",") if key.strip()]
    if len(keys) > most:
        raise Problem(400, f"sort takes {most} field at most", code="VALIDATION_ERROR", field="sort")
    paths: list[str] = []
    for key in keys:
        name = key.lstrip("+-")
        if sortable and name not in sortable:
            raise Problem(400, f"Cannot sort by {name}", code="VALIDATION_ERROR", field="sort")
        path = name if "." in name else prefix + name
        paths.append(f"-{path}" if key.startswith("-") else path)
    return paths
