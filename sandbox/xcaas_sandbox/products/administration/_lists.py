"""Lists of the administration products: pages by scroll id alone, or, for sites, by number."""

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

LIFETIME: Final = 600.0  # of a scroll id, in seconds


def scroll_page(
    call: Call,
    rows: Sequence[Node],
    clock: Clock,
    *,
    sortable: Collection[str] = (),
    prefix: str = "",
    keys: int = 10,
) -> Reply:
    """Return the requested page.

    Args:
        call: Requests the first page with size, filter and sort, or a later one with only a scroll id.
        rows: All rows.
        clock: The clock, for the expiry of scroll ids.
        sortable: The paths that rows can be sorted by; empty for any.
        prefix: Prefix of sort keys that aren't paths: examples have both `lastName` and `basicInfo.lastName`.
        keys: Maximum number of sort keys.
    """
    start, size, condition, sort = _position(call, clock)
    matches = ordered(filtered(rows, condition), _paths(sort, sortable, prefix, keys))
    page, more = matches[start : start + size], start + size < len(matches)
    cursor = encode_cursor(start + size, size, condition, sort, clock.now()) if more else None
    return _page(call, page, {"nextScrollId": cursor}, size, more, condition, sort)


def _position(call: Call, clock: Clock) -> tuple[int, int, str | None, str | None]:
    scroll_id = call.query.get("scrollId")
    if scroll_id is None:
        return 0, call.number("pageSize", 100), call.query.get("filter"), call.query.get("sort")
    others = [name for name in call.query if name != "scrollId"]
    if others:
        message = f"scrollId goes alone, without {', '.join(others)}"
        raise Problem(400, message, code="CONFLICTING_QUERY_PARAMETER", field=others[0])
    unknown = Problem(400, "The scroll id is not one that was handed out", code="VALIDATION_ERROR", field="scrollId")
    start, size, condition, sort, created = decode_cursor(scroll_id, 5, unknown)
    if clock.now() - created > LIFETIME:
        raise Problem(400, "The scroll id has expired", code="VALIDATION_ERROR", field="scrollId")
    return start, size, condition, sort


def number_page(call: Call, rows: Sequence[Node], *, condition: str | None, keys: Sequence[str]) -> Reply:
    """Return a page by its number, for the list without scroll ids."""
    page = numbered(call, ordered(filtered(rows, condition), keys), page="pageNumber", size="pageSize", default=100)
    pagination = {"pageNumber": page.number}
    return _page(call, page.rows, pagination, page.size, page.has_more, condition, call.query.get("sort"))


def _page(
    call: Call, rows: Sequence[Node], fields: Node, size: int, more: bool, condition: str | None, sort: str | None
) -> Reply:
    path = "/admin-provisioning" + call.url.partition("/admin-provisioning")[2]
    pagination = {"pageSize": size, "hasMore": more, "filter": condition, "sort": sort, **fields}
    links: Node = {"self": {"href": path}}
    if fields.get("nextScrollId"):
        links["next"] = {"href": f"{path.partition('?')[0]}?scrollId={fields['nextScrollId']}"}
    return Reply({"data": list(rows), "pagination": pagination, "_links": links})


def _paths(sort: str | None, sortable: Collection[str], prefix: str, max_keys: int) -> list[str]:
    keys = [key.strip() for key in (sort or "").split(",") if key.strip()]
    if len(keys) > max_keys:
        raise Problem(400, f"sort takes {max_keys} field at most", code="VALIDATION_ERROR", field="sort")
    paths: list[str] = []
    for key in keys:
        name = key.lstrip("+-")
        if sortable and name not in sortable:
            raise Problem(400, f"Cannot sort by {name}", code="VALIDATION_ERROR", field="sort")
        path = name if "." in name else prefix + name
        paths.append(f"-{path}" if key.startswith("-") else path)
    return paths
