"""`xcaas-vendor.toml`: the record of a copy, with its origin and the hashes of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from ..failure import Failure
from ._vendor_check import FORMAT, ManifestError, load, mapping
from .copy import Copy, Order
from .originals import SUITE, Originals

_HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# Written by `xcaas-gen vendor`: what this folder was made from, so that it can be checked and updated.
# Do not edit.
"""


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a copy. `specs` and `files` are hashes by product or path.

    `core` is a hash of all of core, to detect outdated copies of other documents without generating them again; empty
    for copies of products.
    """

    order: Order
    sdk: str
    generator: str
    core: str
    specs: Mapping[str, str]
    files: Mapping[str, str]

    def dump(self) -> str:
        """Return the record as TOML."""
        lines = [_HEAD, f"format = {FORMAT}"]
        for key, names in (("products", self.order.products), ("extras", self.order.extras)):
            lines.append(f"{key} = [{', '.join(_string(name) for name in names)}]")
        if self.order.spec is not None:
            lines.append(f"spec = {_string(self.order.spec)}")
        lines += ["", "[made_with]", f"sdk = {_string(self.sdk)}", f"generator = {_string(self.generator)}"]
        lines += [f"core = {_string(self.core)}"] if self.core else []
        lines += ["", "[specs]", *_table_lines(self.specs), "", "[files]", *_table_lines(self.files), ""]
        return "\n".join(lines)


def record_of(order: Order, copy: Copy, digests: Mapping[str, str], originals: Originals) -> Record:
    """Return the record of a new copy."""
    core = "" if order.spec is None else originals.core_digest()
    return Record(order, originals.version, f"xcaas-gen {metadata.version(SUITE)}", core, copy.specs, digests)


def read_record(folder: Path) -> Record | None:
    """Return the record in a folder; None if there is none.

    Raises:
        Failure: The record can't be read.
    """
    try:
        content = load(folder)
        made_with = mapping(content, "made_with")
        order = Order(_names(content, "products"), _names(content, "extras"), _spec(content))
        specs, files = mapping(content, "specs"), mapping(content, "files")
        return Record(
            order, made_with.get("sdk", ""), made_with.get("generator", ""), made_with.get("core", ""), specs, files
        )
    except ManifestError as error:
        if isinstance(error.__context__, FileNotFoundError):
            return None
        raise Failure(str(error)) from error


def _names(content: Mapping[str, object], key: str) -> tuple[str, ...]:
    names = content.get(key, ())
    return tuple(str(name) for name in names) if isinstance(names, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _spec(content: Mapping[str, object]) -> str | None:
    spec = content.get("spec")
    return spec if isinstance(spec, str) else None


def _table_lines(table: Mapping[str, str]) -> list[str]:
    return [f"{_string(key)} = {_string(value)}" for key, value in sorted(table.items())]


def _string(value: str) -> str:
    """Return a TOML string. Its escapes are those of JSON, but DEL must be escaped, too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
