"""Conversion of strings from specs to Python code. There is no other way.

Strings from a spec are untrusted: they may contain quotes, backslashes, line ends, control and bidirectional characters.
The functions here return `Code`, strings that are safe to use in a module. Plans and templates contain only `Code`, so
type checkers reject strings that were not converted.
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
"""A piece of Python that can be inserted into a module unchanged."""

_SAFE_TEXT = re.compile(r"[ !#-\[\]-~]*")
_PLAIN_LINE = re.compile(r"[ !$-\[\]-~][ !#-\[\]-~]*")
# Lone surrogates, which Python 3.13 and later reject in docstrings.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE_QUOTE = re.compile(r'"(?="|$)')


def code(template: LiteralString, *parts: Code) -> Code:
    """Combine pieces: `code("list[{}]", item)`. The template is a literal, never a string of a spec."""
    return Code(template.format(*parts))


def join(separator: LiteralString, parts: list[Code]) -> Code:
    """Join pieces. The separator is a literal."""
    return Code(separator.join(parts))


def call(function: Code, *arguments: Code, **options: Code | None) -> Code:
    """Return a call. Options that are None are left out."""
    parts = [*arguments, *(Code(f"{name}={value}") for name, value in options.items() if value is not None)]
    return Code(f"{function}({', '.join(parts)})")


def parenthesised(parts: list[Code]) -> Code:
    """Return a tuple of pieces."""
    if not parts:
        return Code("()")
    return Code("(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")")


def braced(pairs: list[tuple[Code, Code]]) -> Code:
    """Return a dictionary of pieces."""
    return Code("{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}")


def text(value: str) -> Code:
    """Return a string literal in double quotes, with other than printable characters escaped."""
    if _SAFE_TEXT.fullmatch(value):
        return Code(f'"{value}"')
    return Code('"' + "".join(_escape(char) for char in value) + '"')


def literal(value: JSON) -> Code:
    """Return a Python expression for a JSON value."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return Code(f'float("{value}")')
    if isinstance(value, int) and not isinstance(value, bool):
        # repr() rejects integers of thousands of digits; hex() does not.
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
    """Return a docstring, with lines after the first indented by `indent` spaces; "" if `content` is empty."""
    lines = [line.rstrip() for line in content.strip().splitlines()]
    if not lines:
        return Code("")
    margin = " " * indent
    body = "\n".join((margin + _docstring_line(line, indent)) if line else "" for line in lines).lstrip(" ")
    if len(lines) > 1:
        return Code(f'"""{body}\n{margin}"""')
    return Code(f'"""{body}"""')


@cache
def identifier(name: str) -> Code:
    """Return a name unchanged. It has to be an identifier from `names.py`.

    Raises:
        ValueError: It is not an identifier.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"not usable as a Python name: {name!r}")
    return Code(name)


def module_path(dotted: str) -> Code:
    """Return a module path for imports, such as `a.b._c` or `.models._c`.

    Raises:
        ValueError: A part is not an identifier.
    """
    for part in dotted.lstrip(".").split("."):
        if part:
            identifier(part)
    return Code(dotted)


def file_name(stem: str) -> str:
    """Return the file name of a module: lower-case ASCII without separators, so it can't leave its folder.

    Raises:
        ValueError: The stem has other characters.
    """
    if not re.fullmatch(r"[a-z0-9_]{1,100}", stem):
        raise ValueError(f"not usable as a module's file name: {stem!r}")
    return stem + ".py"


def _docstring_line(line: str, indent: int) -> str:
    if _PLAIN_LINE.fullmatch(line):
        return line
    text = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", line.expandtabs(4))
    escaped = "".join(char if char.isprintable() and char != "\\" else _escape(char) for char in text)
    # All backslashes are doubled, so a backslash before a quote always escapes it.
    escaped = _UNSAFE_QUOTE.sub('\\\\"', escaped)
    # mypy interprets "# mypy: ..." at the start of any line, even in strings.
    return "\\x23" + escaped[1:] if not indent and escaped.startswith("#") else escaped


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char == "\n":
        return "\\n"
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
