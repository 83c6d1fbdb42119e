"""`xcaas-vendor.toml`: what a copy was made from, and what its files were."""

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
    """`specs` and `files` are hashes by product or path. `core`, a hash of all of core, tells a copy that can't be
    made anew without the generator's libraries that it is behind; other copies have none."""

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
            lines.append(f"{key} = [{', '.join(_text(name) for name in names)}]")
        if self.order.spec is not None:
            lines.append(f"spec = {_text(self.order.spec)}")
        lines += ["", "[made_with]", f"sdk = {_text(self.sdk)}", f"generator = {_text(self.generator)}"]
        lines += [f"core = {_text(self.core)}"] if self.core else []
        lines += ["", "[specs]", *_pairs(self.specs), "", "[files]", *_pairs(self.files), ""]
        return "\n".join(lines)


def record_of(order: Order, copy: Copy, digests: Mapping[str, str], originals: Originals) -> Record:
    """Return the record of a copy that is about to be written."""
    core = "" if order.spec is None else originals.core_digest()
    return Record(order, originals.version, f"xcaas-gen {metadata.version(SUITE)}", core, copy.specs, digests)


def read_record(folder: Path) -> Record | None:
    """Return the record in a folder, or None if there is no manifest.

    Raises:
        Failure: There is one that can't be read.
    """
    try:
        content = load(folder)
        made = mapping(content, "made_with")
        order = Order(_names(content, "products"), _names(content, "extras"), _spec(content))
        specs, files = mapping(content, "specs"), mapping(content, "files")
        return Record(order, made.get("sdk", ""), made.get("generator", ""), made.get("core", ""), specs, files)
    except ManifestError as error:
        if isinstance(error.__context__, FileNotFoundError):
            return None
        raise Failure(str(error)) from error


def _names(content: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = content.get(key, ())
    return tuple(str(name) for name in found) if isinstance(found, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _spec(content: Mapping[str, object]) -> str | None:
    found = content.get("spec")
    return found if isinstance(found, str) else None


def _pairs(table: Mapping[str, str]) -> list[str]:
    return [f"{_text(key)} = {_text(value)}" for key, value in sorted(table.items())]


def _text(value: str) -> str:
    """Return a basic string. TOML takes JSON's escapes, but wants DEL escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
