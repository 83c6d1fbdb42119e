"""Pages of example items for any list operation, following what its spec says about paging."""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any, Final

from ._examples import example_of_media
from ._replies import Problem, Reply
from ._specs import Node, is_node

if TYPE_CHECKING:
    from ._handlers import Call

__all__ = ["paged_example"]

TOTAL: Final = 7
_MISSING: Final = object()


def paged_example(call: Call, paging: Node, media: Node, media_type: str) -> Reply:
    """Return the page that a call asks for, out of a list of `TOTAL` items that differ in their ids alone."""
    body: Any = copy.deepcopy(example_of_media(media))
    found: list[Any] = _at(body, paging.get("items", ""))
    number, size = _position(call, paging), max(1, _requested(call, paging, paging.get("size"), TOTAL))
    start = (number - int(paging.get("first", 0))) * size if paging["style"] == "page" else number
    if start and start >= TOTAL and paging.get("past_end"):
        raise Problem(int(paging["past_end"]), f"page {number} is past the end")
    items = [_with_own_id(found[0], place) for place in range(TOTAL)][start : start + size] if found else []
    body = _put(body, paging.get("items", ""), items)
    end = start + size >= TOTAL
    headers: dict[str, str] = {}
    if paging["style"] == "cursor":
        following = _cursor(body, paging, start + len(items))
        body = _set(body, headers, paging["next"], _MISSING if end and "header" in paging["next"] else following)
    for rule in paging.get("last", ()):
        body = _apply(body, headers, rule, end=end, size=size)
    return Reply(body, headers=headers, media_type=media_type)


def _with_own_id(item: Any, place: int) -> Any:
    """Return a copy of an item with an id of its own; the first one as it is."""
    if not place or not is_node(item) or not isinstance(item.get("id"), str):
        return item
    return {**item, "id": f"{item['id']}-{place}"}


def _requested(call: Call, paging: Node, name: str | None, default: int) -> int:
    """Return the number that a call gives to a parameter, or the default."""
    if not name:
        return default
    if paging.get("in") == "body":
        value: Any = _at(json.loads(call.body or b"{}"), name)
    else:
        value = call.query.get(name)
    return default if value in (None, _MISSING, "") else int(value)


def _position(call: Call, paging: Node) -> int:
    first = int(paging.get("first", 0))
    try:
        return _requested(call, paging, paging["parameter"], first)
    except ValueError:
        raise Problem(400, f"{paging['parameter']} is not one that was handed out") from None


def _cursor(body: Any, paging: Node, offset: int) -> object:
    """Return the next position, as a number where the example has one, else as text."""
    pointer = paging["next"].get("body")
    return offset if pointer and isinstance(_at(body, pointer), int) else str(offset)


def _apply(body: Any, headers: dict[str, str], rule: Node, *, end: bool, size: int) -> Any:
    """Return the body with what one of the conditions under `last` looks at: on the last page, and on others."""
    if "is" in rule:
        count = TOTAL if rule["is"] == "item-count" else math.ceil(TOTAL / size)
        return _set(body, headers, rule, count)
    if "equals" in rule:
        wanted = rule["equals"]
        if end:
            return _set(body, headers, rule, wanted)
        return _set(body, headers, rule, not wanted) if isinstance(wanted, bool) else body
    if "lacks" in rule:
        link = {**rule["lacks"], "href": "https://example.com/next", "type": "GET"}
        return _put(body, rule["body"], [] if end else [link])
    return _set(body, headers, rule, None) if end and "body" in rule else body


def _set(body: Any, headers: dict[str, str], place: Node, value: object) -> Any:
    """Return the body with a value where the spec says; one in a header goes into `headers`."""
    if "header" in place:
        if value is not _MISSING:
            headers[place["header"]] = str(value)
        return body
    return _put(body, place["body"], value)


def _at(body: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if not is_node(body) or part not in body:
            return _MISSING
        body = body[part]
    return body


def _put(body: Any, pointer: str, value: object) -> Any:
    if not pointer:
        return value
    *parents, last = pointer.split("/")[1:]
    target = body
    for part in parents:
        target = target.setdefault(part, {})
    target[last] = value
    return body
