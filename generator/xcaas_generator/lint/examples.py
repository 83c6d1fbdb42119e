"""House rule: examples validate against the schemas that they illustrate."""

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
# Keys below which an `example` is data of a caller, not one of ours.
_DATA = ("default", "enum", "const", "value")
_SCHEMA_HOLDERS = ("properties", "patternProperties", "$defs", "schemas")


def check_examples(documents: Documents, report: Report) -> None:
    """Validate every `example` and `examples` of the files read, with references across files."""
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
    schemas = cast("Registry[bool | Mapping[str, Any]]", registry)  # a file holds schemas, among other things
    for file in documents.files.values():
        for schema, example in _examples(Node(file, "", file.tree)):
            reference = {"$ref": f"{_uri(file)}#{quote(schema.pointer, safe='/~')}"}
            message = _misfit(Draft202012Validator(reference, registry=schemas), example.value)
            if message is not None:
                report.error(example.place, f"the example does not validate{message}", "Correct it or the schema.")


def _misfit(validator: Validator, example: JSON) -> str | None:
    """Return the first thing that is wrong with an example."""
    try:
        errors = sorted(validator.iter_errors(example), key=str)
    except Exception as error:
        # A reference that leads nowhere, or a schema that is none: jsonschema has many classes for it.
        return f": {error}"
    if not errors:
        return None
    where = "".join(f"/{part}" for part in errors[0].absolute_path)
    message = errors[0].message[:_MAX_MESSAGE]
    return f"{f' at {where}' if where else ''}: {message}"


def _uri(file: SourceFile) -> str:
    return f"https://specs.invalid/{quote(file.label.lstrip('/'))}"


def _examples(root: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each example with the schema that it is for: of a schema itself, a parameter, header or media type."""
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, is_name = waiting.pop()
        if not is_name and isinstance(node.value, dict):
            schema = node.child("schema") if node.has("schema") else node
            yield from ((schema, example) for example in _given(node))
        for key, below in node.items():
            if (
                (key in _DATA and not is_name)
                or key.startswith("x-")
                or (key in ("example", "examples") and not is_name)
            ):
                continue
            if isinstance(below.value, dict):
                waiting.append((below, key in _SCHEMA_HOLDERS and not is_name))
            else:
                waiting.extend((one, False) for one in below.elements())


def _given(node: Node) -> Iterator[Node]:
    if node.has("example"):
        yield node.child("example")
    several = node.child("examples")
    yield from several.elements()
    for _, one in several.items():
        if one.has("value"):
            yield one.child("value")
