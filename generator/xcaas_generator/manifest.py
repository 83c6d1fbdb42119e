"""`_manifest.json`: the call of each operation, or why it was refused.

Other tools read it, so its format is part of the project's contract.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from xcaas_generator.failure import Failure

if TYPE_CHECKING:
    from xcaas_generator import ir

NAME = "_manifest.json"

Record: TypeAlias = "dict[str, ir.JSON]"


class Section(NamedTuple):
    """The part of the manifest about one product."""

    product: str
    sha256: str
    operations: tuple[Record, ...]
    refused: tuple[Record, ...] = ()
    webhooks: tuple[Record, ...] = ()
    title: str = ""
    regions: tuple[str, ...] | None = None
    """Names of its regions; empty if any name is accepted, None if it has no regions."""
    credentials: tuple[str, ...] = ()
    """Names of the credentials that it accepts."""


def record(product: str, operation: ir.Operation, call: str, slices: ir.JSON = None) -> Record:
    """Return the entry of an operation that can be called. `slices` is in terms of the generated code."""
    return {
        "product": product,
        "operation_id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "server": operation.servers[0].url if operation.servers else "",
        "call": call,
        "security": [list(schemes) for schemes in operation.security],
        "pagination": operation.pagination.declared if operation.pagination else None,
        "poller": operation.poller.declared if operation.poller else None,
        "slices": slices,
        "deprecated": operation.deprecated,
    }


def refusal(product: str, refused: ir.Refused) -> Record:
    """Return the entry of a refused operation."""
    return {
        "product": product,
        "method": refused.method,
        "path": refused.path,
        "pointer": refused.place.pointer,
        "reason": refused.reason,
    }


def dump(generator: str, sections: Sequence[Section]) -> str:
    """Return the manifest as JSON: one operation per line, for readable diffs; ASCII, for any locale."""
    ordered = sorted(sections, key=lambda section: section.product)
    operations = [item for section in ordered for item in section.operations]
    refused = [item for section in ordered for item in section.refused]
    webhooks = [item for section in ordered for item in section.webhooks]
    parts = [
        f'  "generator": {json.dumps(generator)}',
        '  "specs": ' + json.dumps({section.product: section.sha256 for section in ordered}),
        '  "titles": ' + json.dumps({section.product: section.title for section in ordered}),
        '  "regions": ' + json.dumps({item.product: item.regions for item in ordered if item.regions is not None}),
        '  "credentials": ' + json.dumps({item.product: item.credentials for item in ordered if item.credentials}),
        '  "operations": ' + _lines(operations),
        '  "refused": ' + _lines(refused),
        '  "webhooks": ' + _lines(webhooks),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def load(folder: Path) -> dict[str, Section]:
    """Return the sections of a package's manifest, by product; none if it can't be read."""
    try:
        content = json.loads((folder / NAME).read_text("ascii"))
        return {
            product: Section(
                product,
                sha256,
                _of_product(product, content["operations"]),
                _of_product(product, content["refused"]),
                _of_product(product, content["webhooks"]),
                content["titles"][product],
                tuple(content["regions"][product]) if product in content["regions"] else None,
                tuple(content["credentials"].get(product, ())),
            )
            for product, sha256 in content["specs"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _of_product(product: str, records: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(item for item in records if item["product"] == product)


def _lines(items: Sequence[Record]) -> str:
    if not items:
        return "[]"
    return "[\n" + ",\n".join(f"    {json.dumps(item)}" for item in items) + "\n  ]"


def verify_section(section: Section, document: ir.Document) -> None:
    """Check that the manifest has every operation of the document once, as a call or as refused.

    Raises:
        Failure: An operation is missing, or two calls have the same name.
    """
    expected = sorted(
        [(item.method, item.path) for item in document.operations]
        + [(item.method, item.path) for item in document.refused]
    )
    actual = sorted((str(item["method"]), str(item["path"])) for item in (*section.operations, *section.refused))
    names = [item["call"] for item in section.operations]
    if expected != actual or len(set(map(str, names))) != len(names):
        raise Failure(
            f"the generator's manifest for {section.product} does not cover its document; nothing was written"
        )
