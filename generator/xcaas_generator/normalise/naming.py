"""Names of classes: what a reader of the spec would guess.

Components keep their names. An inline schema is called by its title, or by the class it
belongs to and the property it stands in (`UserStatus`), or by its operation and
role (`CreateUserRequest`). Inline schemas that are equal and stand in properties of
the same name are one class; if several classes have it, it is called by the property
alone when that is unambiguous. Names are given in an order that does not
hang on the order of dictionaries, and each is unique even on disks that ignore case.
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
# Words that say nothing without the class that they belong to.
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
    """Share equal entries and give each that is left its final name. Returns those, in order of name."""
    _share(entries)
    kept = [entry for entry in entries if entry.same_as is None]
    taken: set[str] = set()
    unions = [entry for entry in kept if entry.kind == "union"]
    classes = [entry for entry in kept if entry.kind != "union"]
    for entry in sorted((one for one in classes if one.fixed), key=_fixed_order):
        _claim(entry, _component_candidates(entry), taken)
    shared = _shared_leaves(classes)
    # Owners come before what they own: a name is built from the owner's.
    waiting = [entry for entry in classes if not entry.name]
    while waiting:
        ready = [entry for entry in waiting if any(_owner_name(hint) for hint in entry.hints)] or waiting
        for entry in sorted(ready, key=_inline_order):
            _claim(entry, _candidates(entry, shared), taken)
        waiting = [entry for entry in waiting if not entry.name]
    # A union comes last: the parent of its members, or its only object, may have the same name.
    for entry in sorted(unions, key=_fixed_order):
        _claim(entry, _component_candidates(entry), taken)
    return sorted(kept, key=lambda entry: entry.name)


@cache
def class_name(text: str) -> str:
    """Return the text in PascalCase, if it is ASCII in a form that the parser's own naming leaves alone."""
    spaced = re.sub(r"[^\w]+|_+", " ", _signs(text)).strip()
    if not spaced.isascii():
        spaced = names.pascal(spaced, _PREFIX)
        if not spaced.isascii():
            return spaced
    words = [word[:1].upper() + word[1:] for word in spaced.split()]
    name = "".join(words) or _PREFIX
    for _ in range(_MAX_ROUNDS):
        kept = _pascal(name)
        if not kept.isidentifier():
            kept = _pascal(f"{_PREFIX}{kept}")
        if kept == name:
            return name
        name = kept
    return name


def _pascal(name: str) -> str:
    """Capitalise each word, a run of capitals being one: `V2beta` → V2Beta."""
    legal = "".join(char for char in name if char.isidentifier() or char.isdecimal() or char == "_")
    spaced = " ".join(_CAMEL_WORDS.split(legal)) if any(map(str.isupper, legal)) else legal
    words = re.findall(r"[^ _]+", spaced)
    joined = "".join(word if word.isupper() else word.capitalize() for word in words)
    return f"{joined}_" if keyword.iskeyword(joined) or hasattr(builtins, joined) else joined


def field_name(wire: str) -> str:
    """Return the Python name of a property or parameter: `createdAt` → created_at, `+1` → plus_1, `@type` → type."""
    return names.snake(_signs(wire))


def _signs(text: str) -> str:
    """Return leading signs that carry the meaning, in words: `+1` and `-1` are not the same reaction."""
    if text[:1] in "+-<>=" and text[:1]:
        words = {"+": "plus ", "-": "minus ", "<": "less ", ">": "greater ", "=": "equal "}
        return words[text[0]] + text[1:] if text[0] != "-" or text[1:2].isdigit() else text
    return text


def singular(word: str) -> str:
    """Return one of what `word` says, or `word` and "item" where it is no plural."""
    lower = word.lower()
    if not lower.endswith(_NOT_PLURAL):
        for ending, single in _PLURALS:
            if lower.endswith(ending) and len(lower) > len(ending) + 1:
                return word[: -len(ending)] + single
    return f"{word} item".strip()


def _claim(entry: Entry, candidates: Iterable[str], taken: set[str]) -> None:
    """Take the first candidate that is free, or else the last one with a number."""
    candidate = ""
    for candidate in candidates:
        if _take(entry, candidate, taken):
            return
    for number in count(2):
        if _take(entry, class_name(f"{candidate} {number}"), taken):
            return


def _take(entry: Entry, candidate: str, taken: set[str]) -> bool:
    key = "_".join(names.words(candidate)).casefold()
    if key in taken or class_name(candidate) != candidate:
        return False
    taken.add(key)
    entry.name = candidate
    return True


def _component_candidates(entry: Entry) -> list[str]:
    """Return its own name, or with the name of its file where two files have components of one name."""
    own = [str(hint.owner) for hint in entry.hints if hint.fixed]
    stem = PurePosixPath(entry.node.file.label).stem
    others = [f"any {name}" for name in own if entry.kind == "union"] + [f"{stem} {name}" for name in own[:1]]
    return [class_name(name) for name in (*own, *others)]


def _candidates(entry: Entry, shared: dict[tuple[str, str], Entry]) -> Iterator[str]:
    hints = _direct(entry)
    for hint in hints:
        if _telling(hint.title):
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
            for above in _direct(hint.owner.final()):
                if above.leaf:
                    yield class_name(f"{above.leaf} {hint.leaf}")
    for owner, _ in owned:
        if _telling(hints[0].title):
            yield _shortened(owner, hints[0].title)
    for owner, leaf in owned or [("", hints[0].leaf or entry.kind)]:
        yield _shortened(owner, leaf)


def _shortened(owner: str, leaf: str) -> str:
    """Return owner and leaf, with as many of the owner's words as fit."""
    words = _CAPITAL_WORDS.findall(owner)
    while words and len("".join(words)) + len(leaf) > _MAX_LENGTH:
        words.pop()
    return class_name(f"{''.join(words)} {leaf}")


def _direct(entry: Entry) -> list[Hint]:
    """Return hints from where the schema stands, before those from where it is referenced; equal ones once."""
    hints = [hint for hint in entry.hints if hint.fixed] or [hint for hint in entry.hints if not hint.indirect]
    return list(dict.fromkeys(hints or entry.hints))


def _owner_name(hint: Hint) -> str:
    return hint.owner.final().name if isinstance(hint.owner, Entry) else hint.owner


def _telling(title: str) -> bool:
    words = names.words(title)
    return 0 < len(words) <= _MAX_TITLE_WORDS and len(title) <= _MAX_LENGTH and not title.endswith(".")


def _fixed_order(entry: Entry) -> tuple[bool, str, str]:
    """Return a sort key: components whose name is a class name already come before those that only become one."""
    spelled = min(str(hint.owner) for hint in entry.hints if hint.fixed)
    return class_name(spelled) != spelled, spelled, entry.node.pointer


def _inline_order(entry: Entry) -> tuple[str, str, str]:
    return (*min((_owner_name(hint), hint.leaf) for hint in _direct(entry)), entry.node.pointer)


def _leaf_key(leaf: str) -> str:
    return "_".join(names.words(leaf))


def _shared_leaves(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
    """Return for each leaf the one entry that several owners share under it, if there is just one such."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        owners: dict[str, set[str]] = defaultdict(set)
        for hint in entry.hints:
            if hint.leaf.lower() not in _VAGUE and not hint.fixed and not hint.indirect and hint.leaf:
                owner = hint.owner
                owners[_leaf_key(hint.leaf)].add(f"{id(owner.final())}" if isinstance(owner, Entry) else f" {owner}")
        for leaf, names_of_owners in owners.items():
            if len(names_of_owners) > 1:
                found[entry.kind, leaf].append(entry)
    return {leaf: sharing[0] for leaf, sharing in found.items() if len(sharing) == 1}


# --- sharing ----------------------------------------------------------------


def _share(entries: list[Entry]) -> None:
    """Let one entry stand for all that are equal and have the same leaf or title.

    Inner ones come first, so that what refers to shared ones is found equal too.
    """
    ordered = sorted(entries, key=lambda entry: entry.node.key)
    groups: dict[Hashable, Entry] = {}
    for entry in _inner_first(ordered):
        key = (_role(entry), _structure_of(entry))
        known = groups.setdefault(key, entry)
        if known is not entry:
            entry.same_as = known
            known.hints.extend(entry.hints)
            known.doc = known.doc or entry.doc


def _inner_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return what an entry refers to before the entry itself, without recursion; cycles are cut anywhere."""
    wanted = {id(entry): entry for entry in entries}
    order: list[Entry] = []
    state: dict[int, bool] = {}  # False: open, True: done
    for start in wanted.values():
        stack = [(start, False)]
        while stack:
            entry, finished = stack.pop()
            if finished:
                state[id(entry)] = True
                order.append(entry)
            elif id(entry) not in state:
                state[id(entry)] = False
                stack.append((entry, True))
                stack.extend((inner, False) for inner in _referred(entry) if id(inner) in wanted)
    return order


def _referred(entry: Entry) -> Iterator[Entry]:
    for draft in sorted(entry.fields, key=lambda draft: draft.wire, reverse=True):
        yield from entries_in(draft.shape)
    for shape in (entry.extra, entry.shape):
        if shape is not None:
            yield from entries_in(shape)


def _role(entry: Entry) -> Hashable:
    """Return what equal schemas must have in common to be one class: the title, or the leaf."""
    hint = _direct(entry)[0]
    if hint.fixed:
        return "component", class_name(str(hint.owner))
    if _telling(hint.title):
        return "title", hint.title
    return "leaf", _leaf_key(hint.leaf) if hint.leaf else (hint.owner if isinstance(hint.owner, str) else id(entry))


def _structure_of(entry: Entry) -> Hashable:
    if entry.kind == "enum":
        return tuple(sorted((type(value).__name__, str(value)) for value in entry.values))
    if entry.shape is not None:
        return _shape_structure(entry.shape)
    fields = tuple(sorted(_field_structure(draft) for draft in entry.fields))
    return fields, None if entry.extra is None else _shape_structure(entry.extra), entry.closed, entry.error


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
        tags = [(tag, id(one.entry.final())) for tag, one in shape.tags]
        base = None if shape.base is None else id(shape.base.entry.final())
        return f"({members})@{shape.discriminator}{tags}{base}"
    assert isinstance(shape, Ref)
    return f"#{id(shape.entry.final())}"
