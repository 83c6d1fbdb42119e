"""What the documents behind a copy use of what documents may say: kinds of bodies, styles of paging, schemes.

Core decides by such words in a few places. Where a word can't occur, `fold` takes the branch for it out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from .modules import Import, Library, Module
from .originals import CORE

Words = frozenset[str | None]

PLACES: Mapping[str, Mapping[str, str]] = {
    "_answers": {"answer.kind": "answer"},
    "_bodies": {"body.kind": "body", "variant.kind": "body", "style": "encoding"},
    "_compiled": {"operation.body": "content", "scheme.kind": "scheme", "scheme.location": "scheme location"},
    "_pages": {"paging.style": "paging", "self.paging.style": "paging", "paging.within": "within"}
    | {"self.paging.within": "within"},
    "_paging": {"paging.style": "paging", "self._paging.style": "paging", "rule.test": "last", "spot[0]": "spot"},
    "_parameters": {"parameter.location": "location", "parameter.style": "style"},
    "auth._credential": {"cache": "cache", "self.cache": "cache"},
    "auth._parts": {
        "credential.cache": "cache",
        "scheme.kind": "scheme",
        "scheme.location": "scheme location",
        "scheme.credential": "credential",
    },
    "auth._select": {"scheme.kind": "scheme", "scheme.credential": "credential"},
    "models._expression": {"self.take": "mark"},
}
"""Expressions that hold such a word, by module of core, and what kind of word it is. Of a call, its argument. A
variable that is assigned nothing but None goes."""

TABLES: Mapping[str, Mapping[str, str]] = {
    "_bodies": {"_SEPARATORS": "encoding"},
    "_parameters": {"_SEPARATORS": "style"},
    "auth._select": {"_TAKES": "credential", "_TAKES_BY_SCHEME": "scheme", "_HOW_TO_GIVE": "how"},
    "models._dates": {"DATES": "codec"},
    "models._scalars": {"SCALARS": "codec"},
}
"""Constants with an entry for each such word."""

_CACHES = frozenset({"FileTokenCache", "MemoryTokenCache", "RedisTokenCache", "TokenCache"})
_KINDS = ("binary", "empty", "form", "json", "multipart", "text", "xml")
_TOKEN = re.compile(r"[\w:-]+")
_ALWAYS = frozenset({"bool", "float", "int", "json", "none", "str"})
_MARKS: Mapping[str, Callable[[str], bool]] = {
    "@": lambda text: "@" in text,
    "|": lambda text: "|" in text,
    "{": lambda text: "{" in text and not text.startswith("/") and "://" not in text,
    "!": lambda text: re.search(r"!($|[\]?|})])", text) is not None,
    "=": lambda text: re.search(r"(^|[\[({|])=", text) is not None,
}
"""Marks of type expressions that few documents need, and whether a text that may be an expression has one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """`words` that occur, by kind of word; of a kind that is not here, any. `unused` are classes of core
    of which nothing makes an instance."""

    words: Mapping[str, Words] = field(default_factory=dict[str, Words])
    unused: Set[str] = frozenset()


def facts_of(library: Library, modules: Iterable[Module], wanted: Collection[Import]) -> Facts:
    """Read from generated modules what they use."""
    calls = [node for module in modules for node in module.nodes if isinstance(node, ast.Call)]
    made = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    texts = {text for call in calls for text in _texts(call)}
    asked = {one.name or "" for one in wanted}
    words: dict[str, Words] = {
        "answer": frozenset({"json", *(kind for kind in _KINDS if f"{kind}_answer" in made)}),
        "body": frozenset(kind for kind in _KINDS if f"{kind}_body" in made),
        "cache": frozenset({None, *(_CACHES & asked)}),
        "content": frozenset({None, *(name for name in made if name.endswith("_body"))}),
        "codec": _ALWAYS | {token for text in texts for token in _TOKEN.findall(text)},
        "encoding": frozenset({None, *_given(calls, "Encoding", "style")}),
        "last": frozenset(_given(calls, "Last", "test", 1)),
        "location": frozenset(made & {"path", "query", "header", "cookie"}),
        "mark": frozenset({"[", "(", "?", ",", *(mark for mark, shows in _MARKS.items() if any(map(shows, texts)))}),
        "paging": frozenset(_given(calls, "Paging", "style", 0)),
        "spot": frozenset(_spots(calls)),
        "style": frozenset({"form", "simple", *(_keyword(call, "style") for call in calls)}),
        "within": frozenset({"query", *filter(None, _given(calls, "Paging", "within"))}),
    }
    schemes = {(_argument(call, 0), _keyword(call, "credential")) for call in calls if _name(call) == "Scheme"}
    if not schemes:
        return Facts(words)
    words["scheme"] = frozenset(kind for kind, _ in schemes)
    words["credential"] = frozenset(credential for _, credential in schemes)
    words["how"] = words["scheme"] | words["credential"]
    words["scheme location"] = frozenset(_given(calls, "Scheme", "location"))
    return Facts(words, _unused(library, schemes) - asked)


def _unused(library: Library, schemes: Iterable[tuple[str | None, str | None]]) -> frozenset[str]:
    """Classes of credentials that no scheme takes."""
    module = library.modules.get(f"{CORE}.auth._select")
    if module is None:
        return frozenset()
    by_credential, by_kind = (_table(module, name) for name in ("_TAKES", "_TAKES_BY_SCHEME"))
    known = {name for table in (by_credential, by_kind) for names in table.values() for name in names}
    taken: set[str] = set()
    for kind, credential in schemes:
        taken.update(by_kind.get(kind, ()) if credential is None else by_credential.get(credential, ()))
    return frozenset(known - taken)


def _table(module: Module, name: str) -> dict[str | None, list[str]]:
    """The classes that a table of core names under each word."""
    for node in module.tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and isinstance(node.value, ast.Dict):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return {
                key.value: [item.id for item in ast.walk(value) if isinstance(item, ast.Name)]
                for key, value in pairs
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return {}


def _given(calls: Iterable[ast.Call], function: str, keyword: str, position: int | None = None) -> Iterator[str | None]:
    """An argument of all calls of a function."""
    for call in calls:
        if _name(call) == function:
            found = None if position is None else _argument(call, position)
            yield _keyword(call, keyword) if found is None else found


def _spots(calls: Iterable[ast.Call]) -> Iterator[str]:
    """Parts of answers in which something about pages stands: `("header", "X-Total")`."""
    for call in calls:
        if _name(call) in ("Paging", "Last"):
            for node in ast.walk(call):
                if isinstance(node, ast.Tuple) and node.elts and (spot := _text(node.elts[0])):
                    yield spot


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _argument(call: ast.Call, position: int) -> str | None:
    return _text(call.args[position]) if position < len(call.args) else None


def _keyword(call: ast.Call, name: str) -> str | None:
    return next((_text(item.value) for item in call.keywords if item.arg == name), None)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts(call: ast.Call) -> Iterator[str]:
    """The texts that a call is given itself."""
    for node in (*call.args, *(item.value for item in call.keywords)):
        text = _text(node)
        if text is not None:
            yield text
