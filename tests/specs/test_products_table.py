"""The table in `docs/products.md` agrees with the specs.

The message of a failure contains the correct line.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.specs.folder import Folder, Map

PAGE = Path(__file__).resolve().parents[2] / "docs" / "products.md"
CREDENTIALS = {
    "client-credentials": "key and secret (OAuth)",
    "api-key": "key in `{name}`",
    "api-token": "token in `{name}`",
    "work-analytics-login": "user and password",
    "basic-token": "{token} token (Basic)",
}


def row(folder: Folder, name: str) -> str:
    """Return the line of the table for a product."""
    document = folder.documents[name]
    product = document["x-xcaas-product"]
    operations = [operation for _, _, operation, _ in folder.operations(name)]
    cells = [
        f"`{product['name']}`",
        document["info"]["title"]
        + (" (deprecated)" if all(operation.get("deprecated") for operation in operations) else ""),
        f"`{product['console_name']}`" if product.get("console_name") else "",
        credential(folder, name),
        regions(document),
        str(len(operations)),
        paging(operations),
        flows(operations),
    ]
    return "| " + " | ".join(cells) + " |"


def credential(folder: Folder, name: str) -> str:
    document = folder.documents[name]
    schemes = {
        key: folder.follow(name, node)[1] for key, node in document["components"].get("securitySchemes", {}).items()
    }
    alternatives: dict[str, None] = {}
    for _, _, operation, _ in folder.operations(name):
        security: list[Map] = operation["security"] if "security" in operation else document.get("security") or []
        for requirement in security:
            descriptions = [credential_text(schemes[key]) for key in requirement]
            alternatives[" + ".join(dict.fromkeys(descriptions)) or "none"] = None
        if not security:
            alternatives["none"] = None
    return "; ".join(alternatives)


def credential_text(scheme: Map) -> str:
    kind = scheme["x-xcaas-credential"]
    if kind == "work-analytics-login" and scheme["type"] == "apiKey":
        kind = "api-key"
    options = scheme.get("x-xcaas-options", {})
    text = CREDENTIALS[kind].format(name=scheme.get("name"), token=str(options.get("token", "")).capitalize())
    return f"{options['key']} {text}" if "key" in options else text


def regions(document: Map) -> str:
    cells: dict[str, None] = {}
    for server in document["servers"]:
        for variable in server.get("variables", {}).values():
            names = list(variable.get("x-xcaas-names") or variable.get("enum") or ())
            setting = variable.get("x-xcaas-from", "")
            if variable.get("x-xcaas-required"):
                cells[f"{setting}, such as `{variable['default']}`"] = None
            else:
                cells[", ".join(f"`{name}`" for name in names)] = None
    for item in document["paths"].values():
        for parameter in item.get("parameters", []):
            if parameter.get("x-xcaas-from") == "region":
                values = document["components"]["schemas"][parameter["schema"]["$ref"].rpartition("/")[2]]["enum"]
                cells[", ".join(f"`{value}`" for value in values)] = None
    return "; ".join(cells)


def paging(operations: list[Map]) -> str:
    styles: Counter[str] = Counter()
    for operation in operations:
        pagination = operation.get("x-xcaas-pagination")
        if pagination:
            location = " in the body" if pagination.get("in") == "body" else ""
            name = pagination.get("parameter", "").removeprefix("/")
            styles[f"{pagination['style']} `{name}`{location}"] += 1
    return ", ".join(f"{style} ({count})" for style, count in sorted(styles.items()))


def flows(operations: list[Map]) -> str:
    polled: dict[str, None] = {}
    for operation in operations:
        resource = operation["x-xcaas-resource"]["path"]
        if "x-xcaas-poller" in operation:
            polled[f"`{resource}.{operation['x-xcaas-poller']['verb']}`"] = None
    pollers = ", ".join(polled)
    files = [
        f"`{operation['x-xcaas-resource']['path']}.{operation['x-xcaas-resource']['verb']}`"
        for operation in operations
        if "x-xcaas-download" in operation
    ]
    return pollers + ("; files: " if pollers and files else "files: " if files else "") + ", ".join(files)


def test_the_table_has_a_correct_line_for_each_product(folder: Folder, document: str) -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    assert row(folder, document) in lines, f"docs/products.md needs the line\n{row(folder, document)}"


def test_the_table_has_no_other_lines(folder: Folder) -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert sorted(lines) == sorted(row(folder, name) for name in folder.documents)


def test_the_totals_are_correct(folder: Folder) -> None:
    operations = sum(len(list(folder.operations(name))) for name in folder.documents)
    assert f"{len(folder.documents)} products, {operations} operations" in PAGE.read_text("utf-8")
