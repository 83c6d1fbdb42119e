"""Pages of example items for any list operation, as its spec describes its paging."""

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
    """Return the requested page of a list of `TOTAL` items, which differ only in their ids."""
    body: Any = copy.deepcopy(example_of_media(media))
    examples: list[Any] = _value_at(body, paging.get("items", ""))
    number, size = _position(call, paging), max(1, _number_argument(call, paging, paging.get("size"), TOTAL))
    start = (number - int(paging.get("first", 0))) * size if paging["style"] == "page" else number
    if start and start >= TOTAL and paging.get("past_end"):
        raise Problem(int(paging["past_end"]), f"page {number} is past the end")
    items = [_with_own_id(examples[0], index) for index in range(TOTAL)][start : start + size] if examples else []
    body = _put(body, paging.get("items", ""), items)
    is_last = start + size >= TOTAL
    headers: dict[str, str] = {}
    if paging["style"] == "cursor":
        cursor = _cursor(body, paging, start + len(items))
        body = _set(body, headers, paging["next"], _MISSING if is_last and "header" in paging["next"] else cursor)
    for rule in paging.get("last", ()):
        body = _set_condition(body, headers, rule, end=is_last, size=size)
    return Reply(body, headers=headers, media_type=media_type)


def _with_own_id(item: Any, index: int) -> Any:
    """Return a copy of an item with its own id; the first one unchanged."""
    if not index or not is_node(item) or not isinstance(item.get("id"), str):
        return item
    return {**item, "id": f"{item['id']}-{index}"}


def _number_argument(call: Call, paging: Node, name: str | None, default: int) -> int:
    """Return the number in a parameter of a call, or the default."""
    if not name:
        return default
    if paging.get("in") == "body":
        value: Any = _value_at(json.loads(call.body or b"{}"), name)
    else:
        value = call.query.get(name)
    return default if value in (None, _MISSING, "") else int(value)


def _position(call: Call, paging: Node) -> int:
    first = int(paging.get("first", 0))
    try:
        return _number_argument(call, paging, paging["parameter"], first)
    except ValueError:
        raise Problem(400, f"{paging['parameter']} is not one that was handed out") from None


def _cursor(body: Any, paging: Node, offset: int) -> object:
    """Return the next cursor, as a number if the example has one, else as a string."""
    pointer = paging["next"].get("body")
    return offset if pointer and isinstance(_value_at(body, pointer), int) else str(offset)


def _set_condition(body: Any, headers: dict[str, str], rule: Node, *, end: bool, size: int) -> Any:
    """Return the body with the values for one of the conditions under `last`, on the last page or another."""
    if "is" in rule:
        count = TOTAL if rule["is"] == "item-count" else math.ceil(TOTAL / size)
        return _set(body, headers, rule, count)
    if "equals" in rule:
        expected = rule["equals"]
        if end:
            return _set(body, headers, rule, expected)
        return _set(body, headers, rule, not expected) if isinstance(expected, bool) else body
    if "lacks" in rule:
        link = {**rule["lacks"], "href": "https://example.com/next", "type": "GET"}
        return _put(body, rule["body"], [] if end else [link])
    return _set(body, headers, rule, None) if end and "body" in rule else body


def _set(body: Any, headers: dict[str, str], location: Node, value: object) -> Any:
    """Return the body with a value at its location, or set it in `headers`."""
    if "header" in location:
        if value is not _MISSING:
            headers[location["header"]] = str(value)
        return body
    return _put(body, location["body"], value)


def _value_at(body: Any, pointer: str) -> Any:
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
