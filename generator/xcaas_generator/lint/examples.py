"""House rule: examples are valid for their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from xcaas_generator.failure import Failure
from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.documents import Documents
from xcaas_generator.load.nodes import Node
from xcaas_generator.report import Report

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_MAX_MESSAGE = 200
# Keywords with data, in which `example` is not a keyword.
_DATA = ("default", "enum", "const", "value")
_SCHEMA_HOLDERS = ("properties", "patternProperties", "$defs", "schemas")


def check_examples(documents: Documents, report: Report) -> None:
    """Validate all `example`s and `examples` of the files, with references across files."""
    try:
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012
    except ImportError:
        raise Failure('lint validates examples with jsonschema; install "xcaas[generator,sandbox]"', code=2) from None

    registry: Registry[JSON] = Registry()
    for file in documents.files.values():
        registry = registry.with_resource(
            _uri(file), Resource.from_contents(file.tree, default_specification=DRAFT202012)
        )
    schemas = cast("Registry[bool | Mapping[str, Any]]", registry)  # files contain schemas, among other things
    for file in documents.files.values():
        for schema, example in _examples(Node(file, "", file.tree)):
            reference = {"$ref": f"{_uri(file)}#{quote(schema.pointer, safe='/~')}"}
            message = _error_message(Draft202012Validator(reference, registry=schemas), example.value)
            if message is not None:
                report.error(example.place, f"the example does not validate{message}", "Correct it or the schema.")


def _error_message(validator: Validator, example: JSON) -> str | None:
    """Return the first error in an example; None if it is valid."""
    try:
        errors = sorted(validator.iter_errors(example), key=str)
    except Exception as error:
        # jsonschema has many exceptions for dangling references and invalid schemas.
        return f": {error}"
    if not errors:
        return None
    location = "".join(f"/{part}" for part in errors[0].absolute_path)
    message = errors[0].message[:_MAX_MESSAGE]
    return f"{f' at {location}' if location else ''}: {message}"


def _uri(file: SourceFile) -> str:
    return f"https://specs.invalid/{quote(file.label.lstrip('/'))}"


def _examples(root: Node) -> Iterator[tuple[Node, Node]]:
    """Yield pairs of a schema and an example, of schemas, parameters, headers and media types."""
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending:
        node, is_name = pending.pop()
        if not is_name and isinstance(node.value, dict):
            schema = node.child("schema") if node.has("schema") else node
            yield from ((schema, example) for example in _examples_of(node))
        for key, child in node.items():
            if (
                (key in _DATA and not is_name)
                or key.startswith("x-")
                or (key in ("example", "examples") and not is_name)
            ):
                continue
            if isinstance(child.value, dict):
                pending.append((child, key in _SCHEMA_HOLDERS and not is_name))
            else:
                pending.extend((element, False) for element in child.elements())


def _examples_of(node: Node) -> Iterator[Node]:
    if node.has("example"):
        yield node.child("example")
    examples = node.child("examples")
    yield from examples.elements()
    for _, entry in examples.items():
        if entry.has("value"):
            yield entry.child("value")
