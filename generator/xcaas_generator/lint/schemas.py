"""House rules for schemas: every class has a name, every class and field a word of explanation."""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_generator.lint.extension_pointers import meant
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.scalars import TYPED_FORMATS
from xcaas_generator.report import Report

# What specs/README.md lists: forms that become something else in Python, and those that only tell.
FORMATS = TYPED_FORMATS | {"binary", "email", "hostname", "password", "uri"}
# Below these keys stand schemas by name, or one schema, or a list of them.
_NAMED = ("properties", "patternProperties", "$defs", "schemas")
_SINGLE = ("items", "additionalProperties", "schema", "not", "unevaluatedProperties")
_LISTED = ("allOf", "oneOf", "anyOf", "prefixItems")
# Data, not schemas, whatever it looks like.
_DATA = ("example", "examples", "default", "enum", "const")


def check_schemas(file: SourceFile, report: Report) -> None:
    """Judge every schema in one file, wherever it stands."""
    for node, named in _schemas(Node(file, "", file.tree)):
        if _is_class(node) and not named and not node.text("title").strip():
            report.error(
                node.place,
                "an inline object without a title makes a class without a name",
                "Give it a title or a component.",
            )
        form = node.text("format")
        if form and form not in FORMATS:
            report.error(node.child("format").place, f"the format {form!r} is not known", meant(form, sorted(FORMATS)))
        if named == "schemas" and not node.has("$ref") and not node.text("description").strip():
            report.error(node.place, "the schema has no description", "Say what it is.")
        for name, field in node.child("properties").items():
            if not field.has("$ref") and not _described(field):
                report.error(
                    field.place, f"the field {name!r} has no description", "Say what it means, its unit and its limits."
                )


def _schemas(root: Node) -> Iterator[tuple[Node, str]]:
    """Yield every schema, and the section that names it: "schemas" for components, "$defs", or ""."""
    waiting: list[tuple[Node, str, bool]] = [(root, "", False)]
    while waiting:
        node, named, is_schema = waiting.pop()
        if is_schema:
            yield node, named
        for key, below in node.items():
            if key in _DATA or key.startswith("x-"):
                continue
            if key in _NAMED and isinstance(below.value, dict) and (is_schema or key == "schemas"):
                section = key if key in ("schemas", "$defs") else ""
                waiting.extend((one, section, True) for _, one in below.items())
            elif key in _LISTED:
                waiting.extend((one, "", True) for one in below.elements())
            elif isinstance(below.value, dict):
                waiting.append((below, "", key in _SINGLE))
            else:
                waiting.extend((one, "", False) for one in below.elements())


def _is_class(node: Node) -> bool:
    properties = node.get("properties")
    return isinstance(properties, dict) and bool(properties) and _parent(node) != "allOf"


def _parent(node: Node) -> str:
    """Return the key of the list that a schema stands in. A part of `allOf` belongs to the class around it."""
    tokens = node.pointer.rsplit("/", 2)
    return tokens[1] if len(tokens) == 3 else ""


def _described(field: Node) -> bool:
    texts = [field, *field.child("allOf").elements(), *field.child("oneOf").elements()]
    return any(node.text("description").strip() or node.has("$ref") for node in texts)
