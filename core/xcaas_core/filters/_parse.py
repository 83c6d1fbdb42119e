"""From the text of a filter to its tree.

    any        = all *(("," / "or") all)
    all        = condition *((";" / "and") condition)
    condition  = "(" any ")" / field operator value / field ("=in=" / "=out=") "(" value *("," value) ")"
    operator   = "==" / "!=" / "=gt=" / "=ge=" / "=lt=" / "=le=" / ">" / ">=" / "<" / "<="
    value      = "'" text "'" / DQUOTE text DQUOTE / what stands before the next of ; , ( ) and / or

The words `and` and `or` have blanks before them, and blanks or a bracket behind. In quotes a backslash takes the
meaning from the character behind it. The grammar is that of FIQL (draft-nottingham-atompub-fiql-00) with the words,
quotes and symbols of RSQL, which the services share.
"""

from __future__ import annotations

import re
from typing import Final

from .._errors import ArgumentError
from ._tree import ALIASES, DEEPEST, OPERATORS, AllOf, AnyOf, Comparison, Node, joined, too_deep

__all__ = ["FIELD", "parse"]

FIELD: Final = re.compile(r"[^\s\"'();,=!~<>]+")
_OPERATOR: Final = re.compile(r"==|!=|=\w*=|[<>]=?")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_WORD: Final = r"(?:and|or)(?![^\s(])"
_PLAIN: Final = re.compile(rf"[^\s\"'();,<>=](?:(?!\s{_WORD})[^();,])*", re.IGNORECASE)
_JOINS: Final = re.compile(rf"(?<=[\s)]){_WORD}", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_BLANKS: Final = re.compile(r"\s*")


def parse(text: object) -> Node:
    """Return the tree of a filter.

    Raises:
        ArgumentError: The text is not FIQL; the message says from where on.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"a filter is read from text, not from {type(text).__name__}")
    reader = _Reader(text)
    node = reader.any_of()
    if not reader.is_done():
        raise reader.error()
    return node


class _Reader:
    """A text and how far it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._words = False  # have been read as what joins conditions

    def any_of(self) -> Node:
        members = [self._all_of()]
        while self._takes(",") or self._takes_word("or"):
            members.append(self._all_of())
        return joined(AnyOf, members)

    def is_done(self) -> bool:
        self._skip()
        return self._at == len(self._text)

    def error(self, reason: str | None = None, advice: str | None = None) -> ArgumentError:
        rest = self._text[self._at : self._at + 20]
        where = f"from {rest!r} on" if rest else "at its end"
        if self._words and advice is None:
            advice = "A value that has the word `and` or `or` in it stands in quotes."
        return ArgumentError(f"cannot read the filter {where}{f': {reason}' if reason else ''}", advice=advice)

    def _all_of(self) -> Node:
        members = [self._condition()]
        while self._takes(";") or self._takes_word("and"):
            members.append(self._condition())
        return joined(AllOf, members)

    def _condition(self) -> Node:
        if not self._takes("("):
            return self._comparison()
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep()
        node = self.any_of()
        self._close()
        self._depth -= 1
        return node

    def _comparison(self) -> Comparison:
        field = self._match(FIELD, "the name of a field is missing")[0]
        start = self._at
        written = self._match(_OPERATOR, f"{field} needs an operator and a value")[0]
        operator = ALIASES.get(written, written)
        if operator not in OPERATORS:
            self._at = start
            raise self.error(f"there is no operator {written}", f"There are {', '.join((*OPERATORS, *ALIASES))}.")
        if operator not in ("=in=", "=out="):
            return Comparison(field, operator, (self._value(),))
        if not self._takes("("):
            raise self.error(f"{operator} needs values in brackets")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._close()
        return Comparison(field, operator, tuple(values))

    def _value(self) -> str:
        self._skip()
        if self._text[self._at : self._at + 1] in ("'", '"'):
            found = self._match(_QUOTED, "a quote is not closed")
            return _ESCAPE.sub(r"\1", found[1] if found[1] is not None else found[2])
        return self._match(_PLAIN, "a value is missing")[0].rstrip()

    def _close(self) -> None:
        if not self._takes(")"):
            self._words = self._words or _JOINS.match(self._text, self._at) is not None
            raise self.error("a bracket is not closed")

    def _takes(self, character: str) -> bool:
        self._skip()
        found = self._text.startswith(character, self._at)
        self._at += found
        return found

    def _takes_word(self, word: str) -> bool:
        self._skip()
        found = _JOINS.match(self._text, self._at)
        self._words = self._words or found is not None
        if found is None or found[0].lower() != word:
            return False
        self._at = found.end()
        return True

    def _match(self, pattern: re.Pattern[str], missing: str) -> re.Match[str]:
        self._skip()
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self.error(missing)
        self._at = found.end()
        return found

    def _skip(self) -> None:
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks is not None else self._at
