"""`$id` and `$anchor` of JSON Schema: references to them are replaced by pointers into the file."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urldefrag, urljoin

from xcaas_core._checks import is_list, is_object

__all__ = ["with_pointers"]

_VALUES = ("const", "enum", "example", "examples")


def with_pointers(tree: object) -> object:
    """Return a document without `$id`, whose references are pointers or files."""
    pointers: dict[str, str] = {"": ""}
    for pointer, base, node in _schemas(tree, "", ""):
        if isinstance(node.get("$id"), str):
            pointers.setdefault(base, pointer)
        for name in (node.get("$anchor"), node.get("$dynamicAnchor")):
            if isinstance(name, str):
                pointers.setdefault(f"{base}#{name}", pointer)
    return _rewrite(tree, pointers, tree, "") if len(pointers) > 1 else tree


def _schemas(node: object, pointer: str, base: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield all objects with their pointer and base URI."""
    if is_object(node):
        base = _base_of(node, base)
        yield pointer, base, node
    for key, value in _members(node):
        yield from _schemas(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", base)


def _members(node: object) -> Iterator[tuple[str, object]]:
    if is_object(node):
        yield from ((key, value) for key, value in node.items() if key not in _VALUES)
    elif is_list(node):
        yield from ((str(index), value) for index, value in enumerate(node))


def _base_of(node: dict[str, object], base: str) -> str:
    identity = node.get("$id")
    return urldefrag(urljoin(base, identity)).url if isinstance(identity, str) else base


def _rewrite(node: object, pointers: dict[str, str], tree: object, base: str) -> object:
    if is_list(node):
        return [_rewrite(item, pointers, tree, base) for item in node]
    if not is_object(node):
        return node
    base = _base_of(node, base)
    rewritten = {
        key: value if key in _VALUES else _rewrite(value, pointers, tree, base)
        for key, value in node.items()
        if key != "$id" or not isinstance(value, str)
    }
    ref = rewritten.get("$ref")
    if isinstance(ref, str):
        rewritten["$ref"] = _pointer(ref, pointers, tree, base)
    return rewritten


def _pointer(ref: str, pointers: dict[str, str], tree: object, base: str) -> str:
    uri, fragment = urldefrag(urljoin(base, ref) if not ref.startswith("#") else base + ref)
    if fragment and not fragment.startswith("/"):
        return "#" + pointers[f"{uri}#{unquote(fragment)}"] if f"{uri}#{unquote(fragment)}" in pointers else ref
    if uri not in pointers or not _exists(tree, pointers[uri] + fragment):
        return ref  # to a file, or to a component, which authors also write within an `$id`
    return f"#{pointers[uri]}{fragment}"


def _exists(tree: object, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        children = dict(_members(tree))
        if key not in children:
            return False
        tree = children[key]
    return True
