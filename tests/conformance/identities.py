"""`$id` and `$anchor` of JSON Schema: references to them become pointers into the file, which the rest of the loop reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

__all__ = ["with_pointers"]

_VALUES = ("const", "enum", "example", "examples")


def with_pointers(tree: Any) -> Any:
    """Return a document whose references are pointers or name files, and whose schemas have no `$id` any more."""
    places: dict[str, str] = {"": ""}
    for pointer, base, node in _schemas(tree, "", ""):
        if isinstance(node.get("$id"), str):
            places.setdefault(base, pointer)
        for name in (node.get("$anchor"), node.get("$dynamicAnchor")):
            if isinstance(name, str):
                places.setdefault(f"{base}#{name}", pointer)
    return _rewritten(tree, places, tree, "") if len(places) > 1 else tree


def _schemas(node: Any, pointer: str, base: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give each object with its pointer and the `$id` that holds for it."""
    if isinstance(node, dict):
        base = _within(node, base)
        yield pointer, base, node
    for key, below in _members(node):
        yield from _schemas(below, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", base)


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from ((key, below) for key, below in node.items() if key not in _VALUES)
    elif isinstance(node, list):
        yield from ((str(place), below) for place, below in enumerate(node))


def _within(node: dict[str, Any], base: str) -> str:
    identity = node.get("$id")
    return urldefrag(urljoin(base, identity)).url if isinstance(identity, str) else base


def _rewritten(node: Any, places: dict[str, str], tree: Any, base: str) -> Any:
    if isinstance(node, list):
        return [_rewritten(one, places, tree, base) for one in node]
    if not isinstance(node, dict):
        return node
    base = _within(node, base)
    found = {
        key: below if key in _VALUES else _rewritten(below, places, tree, base)
        for key, below in node.items()
        if key != "$id" or not isinstance(below, str)
    }
    if isinstance(found.get("$ref"), str):
        found["$ref"] = _pointer(found["$ref"], places, tree, base)
    return found


def _pointer(ref: str, places: dict[str, str], tree: Any, base: str) -> str:
    uri, fragment = urldefrag(urljoin(base, ref) if not ref.startswith("#") else base + ref)
    if fragment and not fragment.startswith("/"):
        return "#" + places[f"{uri}#{unquote(fragment)}"] if f"{uri}#{unquote(fragment)}" in places else ref
    if uri not in places or not _leads(tree, places[uri] + fragment):
        return ref  # to a file, or to a component, as people write it within an `$id` too
    return f"#{places[uri]}{fragment}"


def _leads(tree: Any, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        key: Any = unquote(part).replace("~1", "/").replace("~0", "~")
        try:
            tree = tree[int(key) if isinstance(tree, list) else key]
        except (LookupError, TypeError, ValueError):
            return False
    return True
