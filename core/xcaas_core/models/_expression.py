"""Type expressions, and the codecs they stand for.

    expression = member ("|" member)* ("@" name "(" name "=" Model ("," …)* ")")?
    member     = ("[" expression "]" | "{" expression "}" | "(" expression ")" | "=" JSON | name) ("?" | "!")*
    name       = letters, digits and _ . $ - :    or JSON text in double quotes where only a name can stand

`[X]` is a list, `{X}` an object whose values are X, `X?` X or null, `X!` X, perhaps as the
only element of a list, `=1` the constant 1,
`A|B@kind(a=A,b=B)` a union that the field `kind` tells apart. Names that are no scalar are models.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from ._codec import Codec
from ._containers import ListOf, MapOf, ModelRef, Nullable, Single
from ._dates import DATES
from ._json import JSONValue
from ._scalars import SCALARS, Const
from ._unions import OneOf, Tagged

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["codec_in", "resolve"]

_NAME: Final = re.compile(r"[^\W\d][\w.$:-]*")
_TAG: Final = re.compile(r"[\w.$:-]+")
_LITERAL: Final = json.JSONDecoder()
_KNOWN: Final[dict[str, Codec]] = {**SCALARS, **DATES}


def resolve(expression: str, package: str) -> Codec:
    """The codec for a type expression. Models are looked up in `<package>.models`, when one is needed.

    Raises `ValueError` for an expression that is none.
    """
    return codec_in(expression, (f"{package}.models",))


def codec_in(expression: str, modules: tuple[str, ...]) -> Codec:
    """Like `resolve`, with the modules in which to look for models, one after the other."""
    return _KNOWN.get(expression) or _parsed(expression, modules)


@cache
def _parsed(expression: str, modules: tuple[str, ...]) -> Codec:
    parser = _Parser(expression, modules)
    codec = parser.parse()
    if not parser.models:
        _KNOWN[expression] = codec  # the same for everybody
    return codec


class _Parser:
    def __init__(self, text: str, modules: tuple[str, ...]) -> None:
        self.text = text
        self.modules = modules
        self.at = 0
        self.models = 0

    def parse(self) -> Codec:
        codec = self.union()
        if self.at < len(self.text):
            raise self.wrong("nothing more")
        return codec

    def union(self) -> Codec:
        members = [self.member()]
        while self.take("|"):
            members.append(self.member())
        if self.take("@"):
            return self.tagged(tuple(members))
        return members[0] if len(members) == 1 else OneOf(tuple(members))

    def tagged(self, members: tuple[Codec, ...]) -> Codec:
        tag = self.word()
        by_tag: dict[str, ModelRef] = {}
        self.need("(")
        while True:
            value = self.word()
            self.need("=")
            by_tag[value] = self.model(self.name())
            if not self.take(","):
                break
        self.need(")")
        return Tagged(members, tag, by_tag)

    def member(self) -> Codec:
        codec = self.primary()
        while True:
            if self.take("?"):
                codec = Nullable(codec)
            elif self.take("!"):
                codec = Single(codec)
            else:
                return codec

    def primary(self) -> Codec:
        if self.take("["):
            return self.closed(ListOf(self.union()), "]")
        if self.take("{"):
            return self.closed(MapOf(self.union()), "}")
        if self.take("("):
            return self.closed(self.union(), ")")
        if self.take("="):
            start = self.at
            value = self.literal()
            return Const(f"={self.text[start : self.at]}", value)
        name = self.name()
        return _KNOWN.get(name) or self.model(name)

    def model(self, name: str) -> ModelRef:
        if not name.isidentifier():
            raise self.wrong(f"a type, not {name!r},")
        self.models += 1
        return ModelRef(name, _finder(name, self.modules))

    def closed(self, codec: Codec, mark: str) -> Codec:
        self.need(mark)
        return codec

    def literal(self) -> JSONValue:
        try:
            value, self.at = cast("tuple[JSONValue, int]", _LITERAL.raw_decode(self.text, self.at))
        except ValueError:
            raise self.wrong("a JSON value") from None
        return value

    def name(self) -> str:
        return self.match(_NAME, "a name")

    def word(self) -> str:
        if self.text.startswith('"', self.at):
            return str(self.literal())
        return self.match(_TAG, "a name or text in quotes")

    def match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise self.wrong(what)
        self.at = found.end()
        return found[0]

    def take(self, mark: str) -> bool:
        taken = self.text.startswith(mark, self.at)
        self.at += taken
        return taken

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise self.wrong(repr(mark))

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"{what} was expected at character {self.at} of the type expression {self.text!r}")


def _finder(name: str, modules: tuple[str, ...]) -> Callable[[], type[Model]]:
    def find() -> type[Model]:
        for module in modules:
            found = getattr(importlib.import_module(module), name, None)
            if hasattr(found, "__model__"):
                return cast("type[Model]", found)
        raise LookupError(f"there is no model {name} in {' or '.join(modules)}")

    return find
