"""Names of classes.

Components keep their names. An inline schema is named after its title, after its class and property (`UserStatus`), or
after its operation and role (`CreateUserRequest`). Equal inline schemas in properties of the same name share one class;
if several classes have that property, the class is named after the property alone, if that is unambiguous. Names are
assigned in an order independent of that in the document, and are unique even on case-insensitive file systems.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import cache
from itertools import count
from pathlib import PurePosixPath

from xcaas_generator.normalise.shapes import (
    ArrayOf,
    Const,
    Entry,
    FieldDraft,
    Hint,
    MapOf,
    Ref,
    Scalar,
    Shape,
    UnionOf,
    entries_in,
)
from xcaas_generator.python import names

_MAX_LENGTH = 72
_MAX_TITLE_WORDS = 5
_MAX_ROUNDS = 4
_PREFIX = "Value"
# Property names that are too vague without the name of the class.
_VAGUE = frozenset(
    ("type", "object", "status", "state", "kind", "value", "name", "id", "data", "code", "mode", "format", "action",
     "event", "result", "item", "model", "level", "reason", "version", "method", "source", "content", "details", "from",
     "to", "key", "body", "request", "response", "error", "response item", "x", "y", "a", "b")
)  # fmt: skip
_CAMEL_WORDS = re.compile(r"([A-Z]?[a-z]+)")
_CAPITAL_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+")
_PLURALS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("tches", "tch"),
    ("nches", "nch"),
    ("rches", "rch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("s", ""),
)
_NOT_PLURAL = ("ss", "us", "is", "news", "series", "data", "status")


def name_entries(entries: list[Entry]) -> list[Entry]:
    """Merge equal entries and give the remaining ones their final names. Returns these, sorted by name."""
    _merge_equal(entries)
    remaining = [entry for entry in entries if entry.same_as is None]
    taken: set[str] = set()
    unions = [entry for entry in remaining if entry.kind == "union"]
    classes = [entry for entry in remaining if entry.kind != "union"]
    for entry in sorted((entry for entry in classes if entry.fixed), key=_fixed_order):
        _claim(entry, _component_candidates(entry), taken)
    shared = _shared_leaves(classes)
    # Owners come first: names of what they contain are built from theirs.
    pending = [entry for entry in classes if not entry.name]
    while pending:
        nameable = [entry for entry in pending if any(_owner_name(hint) for hint in entry.hints)] or pending
        for entry in sorted(nameable, key=_inline_order):
            _claim(entry, _candidates(entry, shared), taken)
        pending = [entry for entry in pending if not entry.name]
    # Unions come last: the parent of their members, or their only object, may have the same name.
    for entry in sorted(unions, key=_fixed_order):
        _claim(entry, _component_candidates(entry), taken)
    return sorted(remaining, key=lambda entry: entry.name)


@cache
def class_name(text: str) -> str:
    """Return `text` in PascalCase; if ASCII, in a form that the parser's own naming does not change."""
    spaced = re.sub(r"[^\w]+|_+", " ", _spell_signs(text)).strip()
    if not spaced.isascii():
        spaced = names.pascal(spaced, _PREFIX)
        if not spaced.isascii():
            return spaced
    words = [word[:1].upper() + word[1:] for word in spaced.split()]
    name = "".join(words) or _PREFIX
    for _ in range(_MAX_ROUNDS):
        normalised = _pascal(name)
        if not normalised.isidentifier():
            normalised = _pascal(f"{_PREFIX}{normalised}")
        if normalised == name:
            return name
        name = normalised
    return name


def _pascal(name: str) -> str:
    """Capitalise each word; a run of capitals is one word: `V2beta` → V2Beta."""
    legal = "".join(char for char in name if char.isidentifier() or char.isdecimal() or char == "_")
    spaced = " ".join(_CAMEL_WORDS.split(legal)) if any(map(str.isupper, legal)) else legal
    words = re.findall(r"[^ _]+", spaced)
    joined = "".join(word if word.isupper() else word.capitalize() for word in words)
    return f"{joined}_" if keyword.iskeyword(joined) or hasattr(builtins, joined) else joined


def field_name(wire: str) -> str:
    """Return the Python name of a property or parameter: `createdAt` → created_at, `+1` → plus_1, `@type` → type."""
    return names.snake(_spell_signs(wire))


def _spell_signs(text: str) -> str:
    """Replace a leading sign by a word, to keep names such as `+1` and `-1` different."""
    if text[:1] in "+-<>=" and text[:1]:
        words = {"+": "plus ", "-": "minus ", "<": "less ", ">": "greater ", "=": "equal "}
        return words[text[0]] + text[1:] if text[0] != "-" or text[1:2].isdigit() else text
    return text


def singular(word: str) -> str:
    """Return the singular of a plural, or `word` followed by "item" if it is none."""
    lower = word.lower()
    if not lower.endswith(_NOT_PLURAL):
        for ending, replacement in _PLURALS:
            if lower.endswith(ending) and len(lower) > len(ending) + 1:
                return word[: -len(ending)] + replacement
    return f"{word} item".strip()


def _claim(entry: Entry, candidates: Iterable[str], taken: set[str]) -> None:
    """Assign the first free candidate, or else the last one with a number."""
    candidate = ""
    for candidate in candidates:
        if _try_claim(entry, candidate, taken):
            return
    for number in count(2):
        if _try_claim(entry, class_name(f"{candidate} {number}"), taken):
            return


def _try_claim(entry: Entry, candidate: str, taken: set[str]) -> bool:
    key = "_".join(names.words(candidate)).casefold()
    if key in taken or class_name(candidate) != candidate:
        return False
    taken.add(key)
    entry.name = candidate
    return True


def _component_candidates(entry: Entry) -> list[str]:
    """Return the names for a component: its own, or with the file's name if several files have a component of that name."""
    own = [str(hint.owner) for hint in entry.hints if hint.fixed]
    stem = PurePosixPath(entry.node.file.label).stem
    fallbacks = [f"any {name}" for name in own if entry.kind == "union"] + [f"{stem} {name}" for name in own[:1]]
    return [class_name(name) for name in (*own, *fallbacks)]


def _candidates(entry: Entry, shared: dict[tuple[str, str], Entry]) -> Iterator[str]:
    hints = _direct_hints(entry)
    for hint in hints:
        if _is_usable_title(hint.title):
            yield class_name(hint.title)
    for leaf in sorted({hint.leaf for hint in hints if hint.leaf}):
        if shared.get((entry.kind, _leaf_key(leaf))) is entry:
            yield class_name(leaf)
    owned = sorted((_owner_name(hint), hint.leaf) for hint in hints if _owner_name(hint))
    for owner, leaf in owned:
        if len(owner) + len(leaf) <= _MAX_LENGTH:
            yield class_name(f"{owner} {leaf}")
    for hint in hints:
        if isinstance(hint.owner, Entry):
            for owner_hint in _direct_hints(hint.owner.final()):
                if owner_hint.leaf:
                    yield class_name(f"{owner_hint.leaf} {hint.leaf}")
    for owner, _ in owned:
        if _is_usable_title(hints[0].title):
            yield _shorten(owner, hints[0].title)
    for owner, leaf in owned or [("", hints[0].leaf or entry.kind)]:
        yield _shorten(owner, leaf)


def _shorten(owner: str, leaf: str) -> str:
    """Return a name of owner and leaf, with as many words of the owner as fit."""
    words = _CAPITAL_WORDS.findall(owner)
    while words and len("".join(words)) + len(leaf) > _MAX_LENGTH:
        words.pop()
    return class_name(f"{''.join(words)} {leaf}")


def _direct_hints(entry: Entry) -> list[Hint]:
    """Return the distinct hints from the schema's own location or, if there are none, from references to it."""
    hints = [hint for hint in entry.hints if hint.fixed] or [hint for hint in entry.hints if not hint.indirect]
    return list(dict.fromkeys(hints or entry.hints))


def _owner_name(hint: Hint) -> str:
    return hint.owner.final().name if isinstance(hint.owner, Entry) else hint.owner


def _is_usable_title(title: str) -> bool:
    words = names.words(title)
    return 0 < len(words) <= _MAX_TITLE_WORDS and len(title) <= _MAX_LENGTH and not title.endswith(".")


def _fixed_order(entry: Entry) -> tuple[bool, str, str]:
    """Return a sort key: components whose name is already a class name come first."""
    name = min(str(hint.owner) for hint in entry.hints if hint.fixed)
    return class_name(name) != name, name, entry.node.pointer


def _inline_order(entry: Entry) -> tuple[str, str, str]:
    return (*min((_owner_name(hint), hint.leaf) for hint in _direct_hints(entry)), entry.node.pointer)


def _leaf_key(leaf: str) -> str:
    return "_".join(names.words(leaf))


def _shared_leaves(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
    """Return the entry of each leaf that several owners share, if it is the only such entry."""
    entries_by_leaf: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        owners: dict[str, set[str]] = defaultdict(set)
        for hint in entry.hints:
            if hint.leaf.lower() not in _VAGUE and not hint.fixed and not hint.indirect and hint.leaf:
                owner = hint.owner
                owners[_leaf_key(hint.leaf)].add(f"{id(owner.final())}" if isinstance(owner, Entry) else f" {owner}")
        for leaf, owner_ids in owners.items():
            if len(owner_ids) > 1:
                entries_by_leaf[entry.kind, leaf].append(entry)
    return {leaf: sharers[0] for leaf, sharers in entries_by_leaf.items() if len(sharers) == 1}


# --- merging ----------------------------------------------------------------


def _merge_equal(entries: list[Entry]) -> None:
    """Merge equal entries with the same leaf or title.

    Inner entries come first, so that entries that refer to merged ones are equal, too.
    """
    ordered = sorted(entries, key=lambda entry: entry.node.key)
    groups: dict[Hashable, Entry] = {}
    for entry in _inner_first(ordered):
        key = (_role(entry), _structure(entry))
        first = groups.setdefault(key, entry)
        if first is not entry:
            entry.same_as = first
            first.hints.extend(entry.hints)
            first.doc = first.doc or entry.doc


def _inner_first(entries: Iterable[Entry]) -> list[Entry]:
    """Sort entries so that each follows those it refers to, without recursion. Cycles are broken anywhere."""
    by_id = {id(entry): entry for entry in entries}
    order: list[Entry] = []
    state: dict[int, bool] = {}  # False: in progress, True: done
    for start in by_id.values():
        stack = [(start, False)]
        while stack:
            entry, finished = stack.pop()
            if finished:
                state[id(entry)] = True
                order.append(entry)
            elif id(entry) not in state:
                state[id(entry)] = False
                stack.append((entry, True))
                stack.extend((inner, False) for inner in _referenced(entry) if id(inner) in by_id)
    return order


def _referenced(entry: Entry) -> Iterator[Entry]:
    for draft in sorted(entry.fields, key=lambda draft: draft.wire, reverse=True):
        yield from entries_in(draft.shape)
    for shape in (entry.extra, entry.shape):
        if shape is not None:
            yield from entries_in(shape)


def _role(entry: Entry) -> Hashable:
    """Return what equal schemas must have in common to become one class: title or leaf."""
    hint = _direct_hints(entry)[0]
    if hint.fixed:
        return "component", class_name(str(hint.owner))
    if _is_usable_title(hint.title):
        return "title", hint.title
    return "leaf", _leaf_key(hint.leaf) if hint.leaf else (hint.owner if isinstance(hint.owner, str) else id(entry))


def _structure(entry: Entry) -> Hashable:
    if entry.kind == "enum":
        return tuple(sorted((type(value).__name__, str(value)) for value in entry.values))
    if entry.shape is not None:
        return _shape_structure(entry.shape)
    fields = tuple(sorted(_field_structure(draft) for draft in entry.fields))
    extra = None if entry.extra is None else _shape_structure(entry.extra)
    return fields, extra, entry.patterned, entry.closed, entry.error


def _field_structure(draft: FieldDraft) -> tuple[str, ...]:
    flags = f"{draft.required}{draft.read_only}{draft.write_only}{draft.deprecated}"
    return draft.wire, _shape_structure(draft.shape), flags, repr(draft.default), draft.doc


def _shape_structure(shape: Shape) -> str:
    if isinstance(shape, Scalar | Const):
        return repr(shape)
    if isinstance(shape, ArrayOf):
        return f"[{_shape_structure(shape.item)}]"
    if isinstance(shape, MapOf):
        return f"{{{_shape_structure(shape.value)}}}"
    if isinstance(shape, UnionOf):
        members = "|".join(_shape_structure(member) for member in shape.members)
        tags = [(tag, id(ref.entry.final())) for tag, ref in shape.tags]
        base = None if shape.base is None else id(shape.base.entry.final())
        return f"({members})@{shape.discriminator}{tags}{base}"
    assert isinstance(shape, Ref)
    return f"#{id(shape.entry.final())}"
