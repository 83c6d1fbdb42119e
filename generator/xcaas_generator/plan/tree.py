"""Placements of operations: the resource of each, and the name of its method.

Our own specs define them. For other documents, the resource is the tag, or else the first meaningful part of the path;
the verb is the operation id, without the words of the resource.
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
"""The resource path in a spec for methods of the product itself."""
RESOURCE_NAMES = frozenset({"property", "with_options"})
"""Names that resources have already, which no operation or child resource may have."""
_REST_VERBS = {"GET": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete", "HEAD": "head", "POST": "post"}


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of an operation in the client.

    `path` are the resources from the product down, empty for methods of the product itself. `poll` and `resume` are the
    methods for pollers, empty if there are none.
    """

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

    Names are unique per class, and different from those of the base classes. `on_product` allows methods of the
    product itself, which the client of a single document can't have.
    """
    collections = _collections(document)
    paths = _resource_paths(document, taken_on_client, taken_on_resource, on_product=on_product)
    candidates = [
        _verb_candidates(operation, path, collections)
        for operation, path in zip(document.operations, paths, strict=True)
    ]
    first_counts = Counter((path, names[0]) for path, names in zip(paths, candidates, strict=True))
    all_counts = Counter((path, name) for path, names in zip(paths, candidates, strict=True) for name in names)
    scopes = _scopes(paths, taken_on_resource)
    # Explicit verbs come first, so that derived ones can't take their names.
    order = sorted(range(len(paths)), key=lambda index: document.operations[index].verb is None)
    result: dict[int, Placement] = {}
    for index in order:
        operation, path, names = document.operations[index], paths[index], candidates[index]
        if operation.verb is None and first_counts[path, names[0]] > 1:
            names = (*(name for name in names[1:-1] if all_counts[path, name] == 1), names[-1])
        poller = operation.poller
        scope = scopes[path]
        result[index] = Placement(
            path,
            scope.claim(*names),
            _extra_verb(poller.verb if poller else None, scope),
            _extra_verb(poller.resume if poller else None, scope),
        )
    return tuple(result[index] for index in range(len(paths)))


def _extra_verb(name: str | None, scope: Scope) -> str:
    return scope.claim(safe(name)) if name else ""


def _resource_paths(
    document: ir.Document, on_client: frozenset[str], on_resource: frozenset[str], *, on_product: bool
) -> list[tuple[str, ...]]:
    top, nested = Scope(on_client, fold=True), Scope(on_resource, fold=True)
    assigned: dict[tuple[str, ...], tuple[str, ...]] = {}
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
            if prefix not in assigned:
                name = safe(prefix[-1], "resource")
                if depth == 1:
                    assigned[prefix] = (top.claim(name, f"{name}_"),)
                else:
                    free = name if name not in nested else f"{name}_"
                    assigned[prefix] = (*assigned[prefix[:-1]], free)
        result.append(assigned[candidate])
    return result


def _resource_word(operation: ir.Operation) -> str:
    for tag in operation.tags:
        if name := "_".join(words(tag)):
            return snake(name, "resource")
    for segment in _fixed_segments(operation.path):
        return snake(segment, "resource")
    return "root"


def _fixed_segments(path: str) -> list[str]:
    """Return the segments of a path without parameters and versions."""
    parts = [part for part in path.split("/") if part and "{" not in part]
    return [part for part in parts if not _VERSION.fullmatch(part.lower()) and words(part)]


def _scopes(paths: list[tuple[str, ...]], taken: frozenset[str]) -> dict[tuple[str, ...], Scope]:
    """Return a scope per resource class, in which the names of child resources are taken."""
    children: dict[tuple[str, ...], set[str]] = {(): set()}
    for path in paths:
        for depth in range(1, len(path) + 1):
            children.setdefault(path[:depth], set())
            children[path[: depth - 1]].add(path[depth - 1])
    return {path: Scope(taken | names) for path, names in children.items()}


def _verb_candidates(
    operation: ir.Operation, resource: tuple[str, ...], collections: Mapping[str, bool]
) -> tuple[str, ...]:
    """Return candidates for the name of a method, from the most readable to the most specific."""
    if operation.verb is not None:
        return (safe(operation.verb, "call"),)
    id_words = words(without_route(operation.id, operation.path))
    redundant = {variant for part in resource for word in words(part) for variant in _variants(word)} | {"controller"}
    distinct = [word for word in id_words if word not in redundant] or id_words
    names = [snake("_".join(candidate), "call") for candidate in (distinct, id_words, words(operation.id))]
    if _echoes_path(id_words, operation):
        names = [_rest_verb(operation, id_words, redundant, collections), names[0], names[2]]
    return tuple(dict.fromkeys(names))


def _variants(word: str) -> set[str]:
    """Return a word with its approximate plurals and singulars: pets/pet, policies/policy, boxes/box."""
    variants = {word, word + "s", word + "es"}
    if word.endswith("y"):
        variants.add(word[:-1] + "ies")
    if word.endswith("ies"):
        variants.add(word[:-3] + "y")
    if word.endswith("es"):
        variants.add(word[:-2])
    if word.endswith("s") and len(word) > 3:
        variants.add(word[:-1])
    return variants


def _echoes_path(id_words: tuple[str, ...], operation: ir.Operation) -> bool:
    """Return whether an id only repeats method and path, like ids that tools generate."""
    if not id_words or id_words[0] != operation.method.lower():
        return False
    path_words = {word for segment in operation.path.split("/") for word in words(segment)} | {"by"}
    accepted = {variant for word in path_words for variant in _variants(word)}
    return all(word in accepted for word in id_words[1:])


def _rest_verb(
    operation: ir.Operation, id_words: tuple[str, ...], redundant: set[str], collections: Mapping[str, bool]
) -> str:
    is_collection = collections.get(operation.path.rstrip("/"), False)
    verb = _REST_VERBS.get(operation.method, operation.method.lower())
    if is_collection:
        verb = {"get": "list", "post": "create"}.get(verb, f"{verb}_all")
    elif operation.method == "POST" and operation.path.rstrip("/").endswith("}"):
        verb = "update"
    fixed = {word for segment in _fixed_segments(operation.path) for word in words(segment)}
    path_words = {variant for word in fixed for variant in _variants(word)}
    details = [word for word in dict.fromkeys(id_words[1:]) if word in path_words and word not in redundant]
    if operation.method == "POST" and verb == "post" and details:
        return snake("_".join(details), "call")
    return snake("_".join([verb, *details]), "call")


def _collections(document: ir.Document) -> dict[str, bool]:
    """Return the paths of collections: `/pets` if there is `/pets/{id}`."""
    paths = {operation.path.rstrip("/") for operation in document.operations}
    return {path.rpartition("/")[0]: True for path in paths if path.endswith("}")}
