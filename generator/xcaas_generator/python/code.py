"""The only way from a spec's text to Python code.

Text from a spec is data: it may hold quotes, backslashes, line ends, control and
bidirectional characters, on purpose or by accident. Every function here takes text
and gives `Code`, a string that is safe at one kind of place in a module. Plans and
templates hold `Code` only, so a type checker sees text that took another way.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from functools import cache
from typing import LiteralString, NewType

from xcaas_generator.ir import JSON

Code = NewType("Code", str)
"""A piece of Python that may be put into a module as it is."""

_SAFE_TEXT = re.compile(r"[ !#-\[\]-~]*")
_PLAIN_LINE = re.compile(r"[ !$-\[\]-~][ !#-\[\]-~]*")
# Half a UTF-16 pair is no character. From 3.13 on Python compiles none in docstrings.
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_RISKY_QUOTE = re.compile(r'"(?="|$)')


def code(template: LiteralString, *parts: Code) -> Code:
    """Put finished pieces together: `code("list[{}]", item)`. The template is ours, never a spec's."""
    return Code(template.format(*parts))


def join(separator: LiteralString, parts: list[Code]) -> Code:
    """Return finished pieces with a separator of ours between them."""
    return Code(separator.join(parts))


def call(function: Code, *arguments: Code, **options: Code | None) -> Code:
    """Return a call. Options that are None are left out."""
    parts = [*arguments, *(Code(f"{name}={value}") for name, value in options.items() if value is not None)]
    return Code(f"{function}({', '.join(parts)})")


def parenthesised(parts: list[Code]) -> Code:
    """Return a tuple of finished pieces."""
    if not parts:
        return Code("()")
    return Code("(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")")


def braced(pairs: list[tuple[Code, Code]]) -> Code:
    """Return a dictionary of finished pieces."""
    return Code("{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}")


def text(value: str) -> Code:
    """Return a string literal in double quotes, printable ASCII and printable letters only."""
    if _SAFE_TEXT.fullmatch(value):
        return Code(f'"{value}"')
    return Code('"' + "".join(_escape(char) for char in value) + '"')


def literal(value: JSON) -> Code:
    """Return any JSON value as a Python expression that builds it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return Code(f'float("{value}")')
    if isinstance(value, int) and not isinstance(value, bool):
        # repr() refuses integers of thousands of digits; hexadecimal has no such limit.
        return Code(repr(value) if value.bit_length() < 4096 else hex(value))
    if isinstance(value, list):
        return Code("[" + ", ".join(literal(item) for item in value) + "]")
    if isinstance(value, dict):
        return Code("{" + ", ".join(f"{text(key)}: {literal(item)}" for key, item in value.items()) + "}")
    return Code(repr(value))


def texts(values: tuple[str, ...]) -> Code:
    """Return a tuple of string literals."""
    return parenthesised([text(value) for value in values])


def docstring(content: str, indent: int) -> Code:
    """Return a docstring whose further lines stand `indent` blanks deep; empty if there is nothing to say."""
    lines = [line.rstrip() for line in content.strip().splitlines()]
    if not lines:
        return Code("")
    margin = " " * indent
    body = "\n".join((margin + _docline(line, indent)) if line else "" for line in lines).lstrip(" ")
    if len(lines) > 1:
        return Code(f'"""{body}\n{margin}"""')
    return Code(f'"""{body}"""')


@cache
def identifier(name: str) -> Code:
    """Return a name as it is. `names.py` has made it an identifier; anything else is a mistake of ours.

    Raises:
        ValueError: The name could not stand alone as a Python name.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"not usable as a Python name: {name!r}")
    return Code(name)


def module_path(dotted: str) -> Code:
    """Return `a.b._c` or `.models._c`, for import lines: dots and identifiers only.

    Raises:
        ValueError: A part is no identifier.
    """
    for part in dotted.lstrip(".").split("."):
        if part:
            identifier(part)
    return Code(dotted)


def file_name(stem: str) -> str:
    """Return a file name for a module. Lower-case ASCII without separators, so it can't leave its folder.

    Raises:
        ValueError: The stem holds anything else.
    """
    if not re.fullmatch(r"[a-z0-9_]{1,100}", stem):
        raise ValueError(f"not usable as a module's file name: {stem!r}")
    return stem + ".py"


def _docline(line: str, indent: int) -> str:
    if _PLAIN_LINE.fullmatch(line):
        return line
    whole = _HALF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", line.expandtabs(4))
    escaped = "".join(char if char.isprintable() and char != "\\" else _escape(char) for char in whole)
    # Backslashes come in pairs by now, so one before a quote can't be undone by its neighbour.
    escaped = _RISKY_QUOTE.sub('\\\\"', escaped)
    # mypy reads "# mypy: ..." at the start of any line as a setting, inside strings too.
    return "\\x23" + escaped[1:] if not indent and escaped.startswith("#") else escaped


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char == "\n":
        return "\\n"
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
