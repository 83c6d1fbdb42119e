"""All operations that 8x8 documents are in a spec. `operations.csv` lists their products, methods and paths."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TypeAlias

from tests.specs.folder import Folder

ROWS = tuple(csv.DictReader((Path(__file__).parent / "operations.csv").read_text("utf-8").splitlines()))

# Operations with two methods, one in the vendor's document and one in its guide. The specs have one of them.
ALTERNATIVE_METHODS = (
    ("dynamic_campaigns", ("PATCH", "POST")),
    ("agent_status", ("POST", "PUT")),
)

Address: TypeAlias = tuple[str, str]


def normalised(path: str) -> str:
    """Return a path with `{}` for variables, and without a trailing slash, which the vendor uses inconsistently."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def addresses(folder: Folder, name: str) -> set[Address]:
    """Return method and path, including that of the server, of all operations of a document."""
    result: set[Address] = set()
    for path, method, operation, item in folder.operations(name):
        for server in operation.get("servers") or item.get("servers") or folder.documents[name]["servers"]:
            url = server["url"]
            for variable, definition in server.get("variables", {}).items():
                if "" in definition.get("enum", ()):  # an optional prefix
                    url = url.replace(f"{{{variable}}}", "")
            base = re.sub(r"^https://[^/]*", "", url).rstrip("/")
            result.add((method.upper(), normalised(base + path)))
    return result


def test_the_list_is_complete() -> None:
    assert len(ROWS) == 199


def test_all_documented_operations_are_in_a_spec(folder: Folder) -> None:
    described = {name.removesuffix(".yaml"): addresses(folder, name) for name in folder.documents}
    # The token endpoint is also listed under Chat v2.
    described.setdefault("cc_chat", set()).update(described["oauth"])
    missing = [
        f"{row['product']}: {row['method']} {row['path']}"
        for row in ROWS
        if not is_described(
            row["product"], (row["method"], normalised(row["path"])), described.get(row["product"], set())
        )
    ]
    assert missing == []


def is_described(product: str, address: Address, described: set[Address]) -> bool:
    if address in described:
        return True
    method, path = address
    return any(
        owner == product and method in methods and any((other, path) in described for other in methods)
        for owner, methods in ALTERNATIVE_METHODS
    )


def test_specs_have_only_documented_operations(folder: Folder, document: str) -> None:
    product = document.removesuffix(".yaml")
    documented = {(row["method"], normalised(row["path"])) for row in ROWS if row["product"] == product}
    # The vendor describes streams only in prose, so they are in no list of operations.
    streams = {address for address in addresses(folder, document) if address[1].startswith("/ws/v2/")}
    assert addresses(folder, document) - documented - streams == set()


def test_operation_ids_are_unique(folder: Folder, document: str) -> None:
    ids = [operation["operationId"] for _, _, operation, _ in folder.operations(document)]
    assert len(ids) == len(set(ids))
