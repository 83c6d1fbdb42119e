"""Where each operation sits in the client, and what it is called there.

Our own specs say it. For other documents the tag gives the
resource, or else the first meaningful part of the path, and the operation id gives
the verb, less the words that the resource has said already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from xcaas_generator import ir
from xcaas_generator.python.names import Scope, safe, snake, without_route, words

_VERSION = re.compile(r"v?\d+([._]\d+)*|api|rest")
ON_PRODUCT = ("",)
"""The resource of an operation that is a method of the product itself."""
RESOURCE_NAMES = frozenset({"property", "with_options"})
"""Names that a resource has already; no operation or resource below it may hide them."""
_REST_VERBS = {"GET": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete", "HEAD": "head", "POST": "post"}


@dataclass(frozen=True, slots=True)
class Placement:
    """`path` is the chain of resources below the product, empty for methods of the product itself; poller verbs are empty where there is none."""

    path: tuple[str, ...]
    verb: str
    poll: str = ""
    resume: str = ""


def placements(
    document: ir.Document,
    *,
    taken_on_client: frozenset[str],
    taken_on_resource: frozenset[str],
    on_product: bool = False,
) -> tuple[Placement, ...]:
    """Return one placement per operation, in the document's order.

    Names are unique per class, and stay clear of those that the base classes define. `on_product` allows for
    methods of the product itself, which the client of a single document has no place for.
    """
    collections = _collections(document)
    paths = _resource_paths(document, taken_on_client, taken_on_resource, on_product=on_product)
    candidates = [
        _verb_candidates(operation, path, collections)
        for operation, path in zip(document.operations, paths, strict=True)
    ]
    first = Counter((path, names[0]) for path, names in zip(paths, candidates, strict=True))
    every = Counter((path, name) for path, names in zip(paths, candidates, strict=True) for name in names)
    scopes = _scopes(paths, taken_on_resource)
    # Verbs that an author chose come first; a derived one must not take their name.
    order = sorted(range(len(paths)), key=lambda index: document.operations[index].verb is None)
    found: dict[int, Placement] = {}
    for index in order:
        operation, path, names = document.operations[index], paths[index], candidates[index]
        if operation.verb is None and first[path, names[0]] > 1:
            names = (*(name for name in names[1:-1] if every[path, name] == 1), names[-1])
        poller = operation.poller
        scope = scopes[path]
        found[index] = Placement(
            path,
            scope.claim(*names),
            _extra_verb(poller.verb if poller else None, scope),
            _extra_verb(poller.resume if poller else None, scope),
        )
    return tuple(found[index] for index in range(len(paths)))


def _extra_verb(name: str | None, scope: Scope) -> str:
    return scope.claim(safe(name)) if name else ""


def _resource_paths(
    document: ir.Document, on_client: frozenset[str], on_resource: frozenset[str], *, on_product: bool
) -> list[tuple[str, ...]]:
    top, below = Scope(on_client, fold=True), Scope(on_resource, fold=True)
    chosen: dict[tuple[str, ...], tuple[str, ...]] = {}
    result: list[tuple[str, ...]] = []
    for operation in document.operations:
        candidate = operation.resource or (_resource_word(operation),)
        if candidate == ON_PRODUCT:
            if on_product:
                result.append(())
                continue
            candidate = (_resource_word(operation),)
        for depth in range(1, len(candidate) + 1):
            prefix = candidate[:depth]
            if prefix not in chosen:
                name = safe(prefix[-1], "resource")
                if depth == 1:
                    chosen[prefix] = (top.claim(name, f"{name}_"),)
                else:
                    free = name if name not in below else f"{name}_"
                    chosen[prefix] = (*chosen[prefix[:-1]], free)
        result.append(chosen[candidate])
    return result


def _resource_word(operation: ir.Operation) -> str:
    for tag in operation.tags:
        if name := "_".join(words(tag)):
            return snake(name, "resource")
    for segment in _fixed_segments(operation.path):
        return snake(segment, "resource")
    return "root"


def _fixed_segments(path: str) -> list[str]:
    """Return path segments without parameters and versions."""
    parts = [part for part in path.split("/") if part and "{" not in part]
    return [part for part in parts if not _VERSION.fullmatch(part.lower()) and words(part)]


def _scopes(paths: list[tuple[str, ...]], taken: frozenset[str]) -> dict[tuple[str, ...], Scope]:
    """Return a scope per resource class, with the names of the resources below it taken."""
    children: dict[tuple[str, ...], set[str]] = {(): set()}
    for path in paths:
        for depth in range(1, len(path) + 1):
            children.setdefault(path[:depth], set())
            children[path[: depth - 1]].add(path[depth - 1])
    return {path: Scope(taken | names) for path, names in children.items()}


def _verb_candidates(
    operation: ir.Operation, resource: tuple[str, ...], collections: Mapping[str, bool]
) -> tuple[str, ...]:
    """Return names from the one that reads best to the one that is surely unique enough."""
    if operation.verb is not None:
        return (safe(operation.verb, "call"),)
    told = words(without_route(operation.id, operation.path))
    said = {variant for part in resource for word in words(part) for variant in _variants(word)} | {"controller"}
    rest = [word for word in told if word not in said] or told
    names = [snake("_".join(each), "call") for each in (rest, told, words(operation.id))]
    if _echoes_path(told, operation):
        names = [_rest_verb(operation, told, said, collections), names[0], names[2]]
    return tuple(dict.fromkeys(names))


def _variants(word: str) -> set[str]:
    """Return a word with its plural and singular, roughly: pets/pet, policies/policy, boxes/box."""
    found = {word, word + "s", word + "es"}
    if word.endswith("y"):
        found.add(word[:-1] + "ies")
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s") and len(word) > 3:
        found.add(word[:-1])
    return found


def _echoes_path(told: tuple[str, ...], operation: ir.Operation) -> bool:
    """Return whether an id only repeats method and path, as ids that a tool made do."""
    if not told or told[0] != operation.method.lower():
        return False
    spoken = {word for segment in operation.path.split("/") for word in words(segment)} | {"by"}
    known = {variant for word in spoken for variant in _variants(word)}
    return all(word in known for word in told[1:])


def _rest_verb(operation: ir.Operation, told: tuple[str, ...], said: set[str], collections: Mapping[str, bool]) -> str:
    is_collection = collections.get(operation.path.rstrip("/"), False)
    verb = _REST_VERBS.get(operation.method, operation.method.lower())
    if is_collection:
        verb = {"get": "list", "post": "create"}.get(verb, f"{verb}_all")
    elif operation.method == "POST" and operation.path.rstrip("/").endswith("}"):
        verb = "update"
    fixed = {word for segment in _fixed_segments(operation.path) for word in words(segment)}
    spoken = {variant for word in fixed for variant in _variants(word)}
    details = [word for word in dict.fromkeys(told[1:]) if word in spoken and word not in said]
    if operation.method == "POST" and verb == "post" and details:
        return snake("_".join(details), "call")
    return snake("_".join([verb, *details]), "call")


def _collections(document: ir.Document) -> dict[str, bool]:
    """Return paths that have an item path (`/pets` with `/pets/{id}`) below them."""
    paths = {operation.path.rstrip("/") for operation in document.operations}
    return {path.rpartition("/")[0]: True for path in paths if path.endswith("}")}
