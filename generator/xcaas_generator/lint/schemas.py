"""House rules for schemas: classes have names; classes and fields have descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_generator.lint.extension_pointers import suggestion
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.scalars import TYPED_FORMATS
from xcaas_generator.report import Report

# The formats that specs/README.md lists: those with a Python type, and those for documentation.
FORMATS = TYPED_FORMATS | {"binary", "email", "hostname", "password", "uri"}
# Keywords with schemas by name, a single schema, or a list of schemas.
_NAMED = ("properties", "patternProperties", "$defs", "schemas")
_SINGLE = ("items", "additionalProperties", "schema", "not", "unevaluatedProperties")
_LISTED = ("allOf", "oneOf", "anyOf", "prefixItems")
# Keywords with data rather than schemas.
_DATA = ("example", "examples", "default", "enum", "const")


def check_schemas(file: SourceFile, report: Report) -> None:
    """Check all schemas in a file."""
    for node, section in _schemas(Node(file, "", file.tree)):
        if _is_class(node) and not section and not node.text("title").strip():
            report.error(
                node.place,
                "an inline object without a title makes a class without a name",
                "Give it a title or a component.",
            )
        format_ = node.text("format")
        if format_ and format_ not in FORMATS:
            report.error(
                node.child("format").place, f"the format {format_!r} is not known", suggestion(format_, sorted(FORMATS))
            )
        if section == "schemas" and not node.has("$ref") and not node.text("description").strip():
            report.error(node.place, "the schema has no description", "Say what it is.")
        for name, field in node.child("properties").items():
            if not field.has("$ref") and not _has_description(field):
                report.error(
                    field.place, f"the field {name!r} has no description", "Say what it means, its unit and its limits."
                )


def _schemas(root: Node) -> Iterator[tuple[Node, str]]:
    """Yield every schema, and the section that names it: "schemas" for components, "$defs", or ""."""
    pending: list[tuple[Node, str, bool]] = [(root, "", False)]
    while pending:
        node, section, is_schema = pending.pop()
        if is_schema:
            yield node, section
        for key, child in node.items():
            if key in _DATA or key.startswith("x-"):
                continue
            if key in _NAMED and isinstance(child.value, dict) and (is_schema or key == "schemas"):
                child_section = key if key in ("schemas", "$defs") else ""
                pending.extend((schema, child_section, True) for _, schema in child.items())
            elif key in _LISTED:
                pending.extend((schema, "", True) for schema in child.elements())
            elif isinstance(child.value, dict):
                pending.append((child, "", key in _SINGLE))
            else:
                pending.extend((schema, "", False) for schema in child.elements())


def _is_class(node: Node) -> bool:
    properties = node.get("properties")
    return isinstance(properties, dict) and bool(properties) and _parent(node) != "allOf"


def _parent(node: Node) -> str:
    """Return the key of the list that contains a schema. Parts of `allOf` belong to the class around them."""
    tokens = node.pointer.rsplit("/", 2)
    return tokens[1] if len(tokens) == 3 else ""


def _has_description(field: Node) -> bool:
    described_nodes = [field, *field.child("allOf").elements(), *field.child("oneOf").elements()]
    return any(node.text("description").strip() or node.has("$ref") for node in described_nodes)
