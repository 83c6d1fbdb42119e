"""No operation that 8x8 documents is missing. `operations.csv` lists them: product, method, path without host."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TypeAlias

from tests.specs.folder import Folder

ROWS = tuple(csv.DictReader((Path(__file__).parent / "operations.csv").read_text("utf-8").splitlines()))

# Operations that the vendor spells with two methods: its document and its guide disagree. One is modelled.
TWINS = (
    ("dynamic_campaigns", ("PATCH", "POST")),
    ("agent_status", ("POST", "PUT")),
)

Address: TypeAlias = tuple[str, str]


def plain(path: str) -> str:
    """A path with `{}` for variables. A slash at the end is a matter of taste: the vendor writes it both ways."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def addresses(folder: Folder, name: str) -> set[Address]:
    """Method and path from the host on of every operation of a document."""
    found: set[Address] = set()
    for path, method, operation, item in folder.operations(name):
        for server in operation.get("servers") or item.get("servers") or folder.documents[name]["servers"]:
            url = server["url"]
            for variable, facts in server.get("variables", {}).items():
                if "" in facts.get("enum", ()):  # a prefix that may be missing
                    url = url.replace(f"{{{variable}}}", "")
            base = re.sub(r"^https://[^/]*", "", url).rstrip("/")
            found.add((method.upper(), plain(base + path)))
    return found


def test_the_list_is_whole() -> None:
    assert len(ROWS) == 199


def test_every_documented_operation_is_in_a_spec(folder: Folder) -> None:
    described = {name.removesuffix(".yaml"): addresses(folder, name) for name in folder.documents}
    # The token endpoint is listed a second time, under Chat v2.
    described.setdefault("cc_chat", set()).update(described["oauth"])
    missing = [
        f"{row['product']}: {row['method']} {row['path']}"
        for row in ROWS
        if not is_described(row["product"], (row["method"], plain(row["path"])), described.get(row["product"], set()))
    ]
    assert missing == []


def is_described(product: str, address: Address, described: set[Address]) -> bool:
    if address in described:
        return True
    method, path = address
    return any(
        owner == product and method in methods and any((other, path) in described for other in methods)
        for owner, methods in TWINS
    )


def test_no_operation_is_made_up(folder: Folder, document: str) -> None:
    product = document.removesuffix(".yaml")
    documented = {(row["method"], plain(row["path"])) for row in ROWS if row["product"] == product}
    # The vendor describes addresses of streams in words, so that they are in no list of operations.
    streams = {address for address in addresses(folder, document) if address[1].startswith("/ws/v2/")}
    assert addresses(folder, document) - documented - streams == set()


def test_operation_ids_are_unique(folder: Folder, document: str) -> None:
    ids = [operation["operationId"] for _, _, operation, _ in folder.operations(document)]
    assert len(ids) == len(set(ids))
