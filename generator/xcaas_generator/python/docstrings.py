"""Docstrings from the descriptions in a spec."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

from xcaas_generator import ir

_WIDTH = 108
_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matching {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "uniqueItems": "no item twice",
    "minProperties": "at least {} entries",
    "maxProperties": "at most {} entries",
}
_MAX_VALUES = 12
_PREFORMATTED = re.compile(r"\s*(\||```|    |[-*+] |\d+\. |#)")


def paragraphs(*parts: str) -> str:
    """Join non-empty parts with blank lines, and wrap long lines."""
    return "\n\n".join(wrap(part) for part in parts if part.strip())


def wrap(text: str, indent: str = "") -> str:
    """Wrap long lines of prose. Tables, lists and code are unchanged."""
    lines: list[str] = []
    fenced = False
    for line in text.strip().splitlines():
        fenced ^= line.lstrip().startswith("```")
        if fenced or len(line) + len(indent) <= _WIDTH or _PREFORMATTED.match(line):
            lines.append(indent + line.rstrip() if line.strip() else "")
        else:
            lines += textwrap.wrap(
                line, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
            )
    return "\n".join(lines)


def entry(name: str, text: str) -> str:
    """Return an entry of an `Args:` section, with continuation lines indented."""
    body = wrap(f"{name}: {' '.join(text.split())}", "    ").splitlines()
    return "\n".join([body[0], *("    " + line for line in body[1:])])


def section(title: str, entries: Iterable[str]) -> str:
    """Return a section such as `Args:`; "" without entries."""
    lines = list(entries)
    return "\n".join([f"{title}:", *lines]) if lines else ""


def item_doc(item: ir.Field | ir.Parameter, values: tuple[ir.JSON, ...] = ()) -> str:
    """Return the description of a field or parameter, with default, limits and known values."""
    sentences = [sentence(item.doc)]
    if isinstance(item, ir.Parameter) and not sentences[0]:
        sentences = [f"`{item.wire}` in the {item.location}."]
    if item.deprecated:
        sentences.append("Deprecated.")
    if values:
        known_values = ", ".join(json_text(value) for value in values[:_MAX_VALUES])
        sentences.append(f"Known values: {known_values}{', …' if len(values) > _MAX_VALUES else ''}.")
    limits = [
        _LIMITS[key].format(json_text(value)) for key, value in item.limits if key in _LIMITS and value is not False
    ]
    if limits:
        text = ", ".join(limits)
        sentences.append(f"{text[:1].upper()}{text[1:]}.")
    if item.has_default:
        sentences.append(f"Default: {json_text(item.default)}.")
    if isinstance(item, ir.Parameter) and item.filter:
        sentences += _filter_sentences(item.filter)
    if isinstance(item, ir.Parameter) and item.source:
        sentences.append(f"Comes from the client's `{item.source}` unless given.")
    return " ".join(part for part in sentences if part)


def _filter_sentences(spec: ir.Filter) -> list[str]:
    """Return sentences on the syntax of a filter."""
    sentences = [f"Operators: {_code_list(spec.operators)}."]
    if spec.fields:
        sentences.append(f"Fields: {_code_list(spec.fields)}.")
    if spec.times == "epoch-milliseconds":
        sentences.append("Times are epoch milliseconds.")
    sentences.append("No `;` and no `,`." if spec.alone else "`;` is and, `,` is or.")
    return [*sentences, "Text, or comparisons of `F`."]


def _code_list(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def sentence(text: str) -> str:
    """Return text, with a full stop if it ends in a letter or digit."""
    stripped = text.strip()
    return stripped + "." if stripped and stripped[-1].isalnum() else stripped


def json_text(value: ir.JSON) -> str:
    """Return a value as JSON, shortened to 80 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."


def summary(text: str) -> str:
    """Return the first sentence or line."""
    first = text.strip().split("\n\n")[0].replace("\n", " ")
    return sentence(first.split(". ")[0])
