"""Fields of classes: types, descriptions, defaults, limits."""

from __future__ import annotations

from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise import keywords
from xcaas_generator.normalise.flatten import Flat
from xcaas_generator.normalise.naming import field_name
from xcaas_generator.normalise.reader import SchemaReader
from xcaas_generator.normalise.shapes import ANY, Entry, FieldDraft, Hint, Shape, entries_in, members_of, one_of
from xcaas_generator.normalise.values import default_of


def field_drafts(reader: SchemaReader, entry: Entry, flat: Flat) -> list[FieldDraft]:
    """Return the fields in the order of the spec. Shapes are read sorted, so that class names do not depend on it."""
    shapes = {
        wire: one_of([reader.shape_all(nodes, Hint(entry, wire)) for nodes in flat.properties[wire]])
        for wire in sorted(flat.properties)
    }
    return [
        # The last of several definitions takes precedence: inherited ones come before.
        _draft(reader, wire, shapes[wire], alternatives[0][::-1], required=wire in flat.required)
        for wire, alternatives in flat.properties.items()
    ]


def _draft(reader: SchemaReader, wire: str, shape: Shape, nodes: list[Node], *, required: bool) -> FieldDraft:
    report, annotations = reader.report, reader.annotations
    chain = annotations.chain(nodes)
    classes = frozenset(entry.node.key for member in members_of(shape) for entry in entries_in(member))
    own_nodes = annotations.chain(nodes, classes) if classes else chain
    draft = FieldDraft(wire, field_name(wire), shape, required, nodes[0])
    draft.doc = annotations.text(own_nodes, "description") or annotations.text(nodes, "title")
    draft.example = annotations.example(own_nodes)
    draft.limits = keywords.limits(own_nodes)
    draft.read_only = any(keywords.flag(node, "readOnly", report) for node in own_nodes)
    draft.write_only = any(keywords.flag(node, "writeOnly", report) for node in own_nodes)
    draft.deprecated = any(keywords.flag(node, "deprecated", report) for node in own_nodes)
    default = next((node.child("default") for node in chain if node.has("default")), None)
    if default is not None:
        draft.default, draft.has_default = default_of(default, shape, report)
    return draft


def extra_shape(reader: SchemaReader, entry: Entry, flat: Flat) -> Shape | None:
    """Return the type of additional properties; None if any value is allowed."""
    if not flat.extra or any(node.value is True or node.value == {} for node in flat.extra):
        return None
    shape = one_of([reader.shape(node, Hint(entry, "value")) for node in flat.extra])
    return None if shape == ANY else shape
