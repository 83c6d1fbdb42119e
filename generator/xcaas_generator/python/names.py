"""Python names for the names in a spec.

Words are split at changes of case and at characters that identifiers can't contain. Letters of other alphabets are
kept, except in file names, which are reduced to ASCII, because not all file systems and locales support others.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_WORD_EDGES = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\W_]+")
_METHODS = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))
_MAX_LENGTH = 80


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name, lower-case: `listCoreV1Pods`, `list core-v1/pods` → list, core, v1, pods."""
    normal = unicodedata.normalize("NFKC", text)
    plain = _SEPARATORS.sub(" ", _identifier_characters(normal))
    parts = _WORD_EDGES.sub(" ", plain).split()
    # The result of lower() may not be in NFKC.
    return tuple(unicodedata.normalize("NFKC", word.lower()) for word in parts)


def without_route(id_: str, path: str) -> str:
    """Return an operationId without the path and method that tools add: `read_item` for `read_item_items__id__get`.

    FastAPI appends them to the function's name, with `_` for each special character of the path. Other tools generate
    only method and path without separators; those are replaced by the words of the path.
    """
    head, _, method = id_.rpartition("_")
    function = head.removesuffix(re.sub(r"\W", "_", path))
    if method in _METHODS and function != head and words(function):
        return function
    plain_path, plain_id = (re.sub(r"[\W_]", "", text).lower() for text in (path, id_))
    verb = plain_id.removesuffix(plain_path)
    return f"{verb} {path}" if plain_path and verb in _METHODS else id_


def snake(text: str, fallback: str = "value") -> str:
    """Return a name for a variable, parameter, field or method."""
    return _valid_identifier("_".join(words(text)), fallback)


def constant(name: str) -> str:
    """Return a name in capitals; unchanged if the result is no valid identifier."""
    upper = name.upper()
    return upper if upper.isidentifier() and unicodedata.normalize("NFKC", upper) == upper else name


def pascal(text: str, fallback: str = "Value") -> str:
    """Return a name for a class. Existing capitals are kept (`URLList`)."""
    normal = unicodedata.normalize("NFKC", text)
    parts = _SEPARATORS.sub(" ", _identifier_characters(normal)).split()
    return _valid_identifier("".join(part[:1].upper() + part[1:] for part in parts), fallback)


def safe(name: str, fallback: str = "value") -> str:
    """Return a name that is already in Python's style, made valid if necessary: `class` → `class_`."""
    if name.isidentifier() and not name.startswith("_") and name.isascii() and len(name) <= _MAX_LENGTH:
        return name + "_" if keyword.iskeyword(name) else name
    return _valid_identifier(_identifier_characters(unicodedata.normalize("NFKC", name)).replace(" ", "_"), fallback)


def module_stem(name: str) -> str:
    """Return the file name, without `.py`, of the module for `name`: private, short, and ASCII."""
    stem = "_" + "_".join(words(name))
    if stem.isascii() and 1 < len(stem) <= _MAX_LENGTH:
        return stem
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    short = re.sub(r"[^a-z0-9_]", "", stem)[: _MAX_LENGTH - 10].strip("_")
    # Not two leading underscores, which would cause name mangling in class bodies.
    return f"_{short or 'x'}_{digest}"


def _identifier_characters(text: str) -> str:
    if text.isascii():
        return text
    return "".join(char if char.isascii() or f"a{char}".isidentifier() else " " for char in text)


def _valid_identifier(name: str, fallback: str) -> str:
    name = re.sub(r"\W", "", name).lstrip("_")
    if len(name) > _MAX_LENGTH:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name[: _MAX_LENGTH - 9]}_{digest}"
    if not name:
        return fallback
    if not name.isidentifier():
        name = f"{fallback}_{name}" if fallback.islower() else f"{fallback}{name}"
    if not name.isidentifier():
        return fallback
    return name + "_" if keyword.iskeyword(name) else name


class Scope:
    """Names that are taken in a namespace: a class, a signature, a module or a folder.

    With `fold`, names that differ only in case are equal, as on case-insensitive file systems.
    """

    def __init__(self, taken: Iterable[str] = (), *, fold: bool = False) -> None:
        self._fold = fold
        self._taken = {name.casefold() for name in taken} if fold else set(taken)

    def __contains__(self, name: str) -> bool:
        return (name.casefold() if self._fold else name) in self._taken

    def claim(self, *candidates: str) -> str:
        """Take the first free candidate, or else the last one with a number."""
        for candidate in candidates:
            if candidate not in self:
                return self._take(candidate)
        base, number = candidates[-1], 2
        while f"{base}_{number}" in self:
            number += 1
        return self._take(f"{base}_{number}")

    def _take(self, name: str) -> str:
        self._taken.add(name.casefold() if self._fold else name)
        return name
