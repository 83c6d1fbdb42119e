"""No operation that 8x8 documents is missing. `operations.csv` lists them: product, method, path without host."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

ROWS = tuple(csv.DictReader((Path(__file__).parent / "operations.csv").read_text("utf-8").splitlines()))

# Operations that the vendor spells with two methods: its document and its guide disagree. One is modelled.
TWINS = (
    ("dynamic_campaigns", ("PATCH", "POST")),
    ("agent_status", ("POST", "PUT")),
)


class Folder(Protocol):
    documents: dict[str, Any]

    def operations(self, name: str) -> Iterator[tuple[str, str, Any, Any]]: ...


def plain(path: str) -> str:
    """A path with `{}` for variables. A slash at the end is a matter of taste: the vendor writes it both ways."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def addresses(folder: Folder, name: str) -> set[tuple[str, str]]:
    """Method and path from the host on, variables as `{}`, of every operation of a document."""
    document = folder.documents[name]
    found: set[tuple[str, str]] = set()
    for path, method, operation, item in folder.operations(name):
        for server in operation.get("servers") or item.get("servers") or document["servers"]:
            url = server["url"]
            for variable, facts in server.get("variables", {}).items():
                if "" in facts.get("enum", ()):  # a prefix that may be missing
                    url = url.replace(f"{{{variable}}}", "")
            base = re.sub(r"^https://[^/]*", "", url).rstrip("/")
            found.add((method.upper(), plain(base + path)))
    return found


def test_the_list_is_whole() -> None:
    assert len(ROWS) == 190


def test_every_documented_operation_is_in_a_spec(folder: Folder) -> None:
    described = {name.removesuffix(".yaml"): addresses(folder, name) for name in folder.documents}
    everywhere = set().union(*described.values())
    missing = []
    for row in ROWS:
        address = (row["method"], plain(row["path"]))
        # The token endpoint is also listed under Chat v2.
        if address in described.get(row["product"], ()) or (address[1] == "/oauth/v2/token" and address in everywhere):
            continue
        if not _twin_is_there(row["product"], *address, described.get(row["product"], set())):
            missing.append(f"{row['product']}: {row['method']} {row['path']}")
    assert missing == []


def test_no_operation_is_made_up(folder: Folder) -> None:
    documented = {(row["product"], row["method"], plain(row["path"])) for row in ROWS}
    for name in folder.documents:
        product = name.removesuffix(".yaml")
        for method, path in addresses(folder, name):
            assert (product, method, path) in documented, f"{product}: {method} {path}"


def test_operation_ids_are_unique_across_a_document(folder: Folder, document: str) -> None:
    ids = [operation["operationId"] for _, _, operation, _ in folder.operations(document)]
    assert len(ids) == len(set(ids))


def _twin_is_there(product: str, method: str, path: str, described: set[tuple[str, str]]) -> bool:
    for owner, methods in TWINS:
        if owner == product and method in methods:
            return any((other, path) in described for other in methods)
    return False
