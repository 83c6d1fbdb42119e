"""Parse the text of a filter.

    any        = all *(("," / "or") all)
    all        = condition *((";" / "and") condition)
    condition  = "(" any ")" / field operator value / field ("=in=" / "=out=") "(" value *("," value) ")"
    operator   = "==" / "!=" / "=gt=" / "=ge=" / "=lt=" / "=le=" / ">" / ">=" / "<" / "<="
    value      = "'" text "'" / DQUOTE text DQUOTE / text up to the next of ; , ( ) and / or

The words `and` and `or` follow a space and precede a space or a bracket. In quotes, a backslash escapes the next
character. This is FIQL (draft-nottingham-atompub-fiql-00) with the words, quotes and symbols of RSQL, as in all
services.
"""

from __future__ import annotations

import re
from typing import Final

from .._errors import ArgumentError
from ._tree import ALIASES, MAX_DEPTH, OPERATORS, AllOf, AnyOf, Comparison, Node, joined, too_deep

__all__ = ["FIELD", "parse"]

FIELD: Final = re.compile(r"[^\s\"'();,=!~<>]+")
_OPERATOR: Final = re.compile(r"==|!=|=\w*=|[<>]=?")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_WORD: Final = r"(?:and|or)(?![^\s(])"
_PLAIN: Final = re.compile(rf"[^\s\"'();,<>=](?:(?!\s{_WORD})[^();,])*", re.IGNORECASE)
_JOINING_WORD: Final = re.compile(rf"(?<=[\s)]){_WORD}", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SPACES: Final = re.compile(r"\s*")


def parse(text: object) -> Node:
    """Return the tree of a filter.

    Raises:
        ArgumentError: The text is not FIQL; the message says where.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"a filter is read from text, not from {type(text).__name__}")
    reader = _Reader(text)
    node = reader.any_of()
    if not reader.is_done():
        raise reader.error()
    return node


class _Reader:
    """A recursive-descent parser."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._depth = 0
        self._has_joining_words = False  # `and` or `or` has been read

    def any_of(self) -> Node:
        members = [self._all_of()]
        while self._accept(",") or self._accept_word("or"):
            members.append(self._all_of())
        return joined(AnyOf, members)

    def is_done(self) -> bool:
        self._skip_spaces()
        return self._position == len(self._text)

    def error(self, reason: str | None = None, advice: str | None = None) -> ArgumentError:
        rest = self._text[self._position : self._position + 20]
        where = f"from {rest!r} on" if rest else "at its end"
        if self._has_joining_words and advice is None:
            advice = "A value that has the word `and` or `or` in it stands in quotes."
        return ArgumentError(f"cannot read the filter {where}{f': {reason}' if reason else ''}", advice=advice)

    def _all_of(self) -> Node:
        members = [self._condition()]
        while self._accept(";") or self._accept_word("and"):
            members.append(self._condition())
        return joined(AllOf, members)

    def _condition(self) -> Node:
        if not self._accept("("):
            return self._comparison()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep()
        node = self.any_of()
        self._expect_close()
        self._depth -= 1
        return node

    def _comparison(self) -> Comparison:
        field = self._match(FIELD, "the name of a field is missing")[0]
        start = self._position
        symbol = self._match(_OPERATOR, f"{field} needs an operator and a value")[0]
        operator = ALIASES.get(symbol, symbol)
        if operator not in OPERATORS:
            self._position = start
            raise self.error(f"there is no operator {symbol}", f"There are {', '.join((*OPERATORS, *ALIASES))}.")
        if operator not in ("=in=", "=out="):
            return Comparison(field, operator, (self._value(),))
        if not self._accept("("):
            raise self.error(f"{operator} needs values in brackets")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect_close()
        return Comparison(field, operator, tuple(values))

    def _value(self) -> str:
        self._skip_spaces()
        if self._text[self._position : self._position + 1] in ("'", '"'):
            quoted = self._match(_QUOTED, "a quote is not closed")
            return _ESCAPE.sub(r"\1", quoted[1] if quoted[1] is not None else quoted[2])
        return self._match(_PLAIN, "a value is missing")[0].rstrip()

    def _expect_close(self) -> None:
        if not self._accept(")"):
            self._has_joining_words = (
                self._has_joining_words or _JOINING_WORD.match(self._text, self._position) is not None
            )
            raise self.error("a bracket is not closed")

    def _accept(self, character: str) -> bool:
        self._skip_spaces()
        is_next = self._text.startswith(character, self._position)
        self._position += is_next
        return is_next

    def _accept_word(self, word: str) -> bool:
        self._skip_spaces()
        match = _JOINING_WORD.match(self._text, self._position)
        self._has_joining_words = self._has_joining_words or match is not None
        if match is None or match[0].lower() != word:
            return False
        self._position = match.end()
        return True

    def _match(self, pattern: re.Pattern[str], missing: str) -> re.Match[str]:
        self._skip_spaces()
        match = pattern.match(self._text, self._position)
        if match is None:
            raise self.error(missing)
        self._position = match.end()
        return match

    def _skip_spaces(self) -> None:
        spaces = _SPACES.match(self._text, self._position)
        self._position = spaces.end() if spaces is not None else self._position
