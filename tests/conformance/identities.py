"""`$id` and `$anchor` of JSON Schema: references to them become pointers into the file, which the rest of the loop reads."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urldefrag, urljoin

from xcaas_core._checks import is_list, is_object

__all__ = ["with_pointers"]

_VALUES = ("const", "enum", "example", "examples")


def with_pointers(tree: object) -> object:
    """Return a document whose references are pointers or name files, and whose schemas have no `$id` any more."""
    places: dict[str, str] = {"": ""}
    for pointer, base, node in _schemas(tree, "", ""):
        if isinstance(node.get("$id"), str):
            places.setdefault(base, pointer)
        for name in (node.get("$anchor"), node.get("$dynamicAnchor")):
            if isinstance(name, str):
                places.setdefault(f"{base}#{name}", pointer)
    return _rewritten(tree, places, tree, "") if len(places) > 1 else tree


def _schemas(node: object, pointer: str, base: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Give each object with its pointer and the `$id` that holds for it."""
    if is_object(node):
        base = _within(node, base)
        yield pointer, base, node
    for key, below in _members(node):
        yield from _schemas(below, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", base)


def _members(node: object) -> Iterator[tuple[str, object]]:
    if is_object(node):
        yield from ((key, below) for key, below in node.items() if key not in _VALUES)
    elif is_list(node):
        yield from ((str(place), below) for place, below in enumerate(node))


def _within(node: dict[str, object], base: str) -> str:
    identity = node.get("$id")
    return urldefrag(urljoin(base, identity)).url if isinstance(identity, str) else base


def _rewritten(node: object, places: dict[str, str], tree: object, base: str) -> object:
    if is_list(node):
        return [_rewritten(one, places, tree, base) for one in node]
    if not is_object(node):
        return node
    base = _within(node, base)
    found = {
        key: below if key in _VALUES else _rewritten(below, places, tree, base)
        for key, below in node.items()
        if key != "$id" or not isinstance(below, str)
    }
    ref = found.get("$ref")
    if isinstance(ref, str):
        found["$ref"] = _pointer(ref, places, tree, base)
    return found


def _pointer(ref: str, places: dict[str, str], tree: object, base: str) -> str:
    uri, fragment = urldefrag(urljoin(base, ref) if not ref.startswith("#") else base + ref)
    if fragment and not fragment.startswith("/"):
        return "#" + places[f"{uri}#{unquote(fragment)}"] if f"{uri}#{unquote(fragment)}" in places else ref
    if uri not in places or not _leads(tree, places[uri] + fragment):
        return ref  # to a file, or to a component, as people write it within an `$id` too
    return f"#{places[uri]}{fragment}"


def _leads(tree: object, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        below = dict(_members(tree))
        if key not in below:
            return False
        tree = below[key]
    return True
