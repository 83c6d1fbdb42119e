"""Compile a function that reads a model: straight-line code, once per class.

A loop with a call per field is three times as slow. The code contains only the fields' names and
their JSON names (as literals, so no text of a spec becomes code); rare cases are function calls.
For a tag with a key and a value:

    def read(raw, context):
        if raw.__class__ is not dict: raise not_an_object(raw)
        self = new(cls)
        n = 0
        if 'key' in raw:
            v = raw['key']
            if v.__class__ is str: self.key = v
            else: read_field(self, f0, v, context)
        else: missing(self, f0, context)
        if 'value' in raw:
            v = raw['value']
            if v.__class__ is str: self.value = v
            else: read_field(self, f1, v, context)
        else: n += 1; self.value = None
        if len(raw) != 2 - n: keep_unknown(self, raw, context)
        return self
"""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from types import MemberDescriptorType
from typing import Any

from attrs import NOTHING

from ._annotations import codec_of
from ._codec import Codec, NullableCodec, Reader, same_json
from ._containers import ListCodec, MapCodec
from ._context import Context, ValidationFailure, describe
from ._dates import DATE_TIME, DateTimeCodec
from ._fields import EXTRA, NULLABLE, WIRE
from ._json import JSONValue
from ._layout import FieldLayout, Layout, ModelBase, ModelCodec, UnknownFields, keep_raw

__all__ = ["layout_of", "slot_of"]


def layout_of(cls: type[ModelBase]) -> Layout:
    """Return the layout of an attrs class, with the codecs of its annotations."""
    hints = typing.get_type_hints(cls, include_extras=True)
    fields: list[FieldLayout] = []
    extra: tuple[str, Codec] | None = None
    for attribute in cls.__attrs_attrs__:
        name, metadata = attribute.name, attribute.metadata
        if WIRE in metadata:
            codec, slot = codec_of(hints[name]), slot_of(cls, name)
            # A constant may be absent if its annotation includes None.
            required = attribute.default is NOTHING or (attribute.default is not None and not codec.nullable)
            fields.append(
                FieldLayout(name, metadata[WIRE], codec, slot, required=required, nullable=metadata[NULLABLE])
            )
        elif EXTRA in metadata:
            codec = codec_of(hints[name])
            assert isinstance(codec, MapCodec), f"{cls.__name__}.{name} has to be a dictionary"
            extra = (name, codec.value)
    return Layout(cls, tuple(fields), extra, _compile_reader)


def slot_of(cls: type[ModelBase], name: str) -> MemberDescriptorType:
    """Return the slot of a field."""
    slot: MemberDescriptorType = getattr(cls, name)
    return slot


def _compile_reader(layout: Layout) -> Reader:
    """Return the function that makes an instance of `layout.cls` of a JSON object."""
    names: dict[str, Any] = {
        "cls": layout.cls,
        "new": object.__new__,
        "UTC": UTC,
        "parse": datetime.fromisoformat,
        "ValidationFailure": ValidationFailure,
        "not_an_object": _not_an_object,
        "read_field": _read_field,
        "handle_failure": _handle_failure,
        "missing": _missing,
        "keep_unknown": _unknown_handler(layout),
    }
    lines = [
        "def read(raw, context):",
        " if raw.__class__ is not dict: raise not_an_object(raw)",
        " self = new(cls)",
        " n = 0",
    ]
    for index, field in enumerate(layout.fields):
        names[f"f{index}"] = field
        lines += [f" if {field.wire!r} in raw:", f"  v = raw[{field.wire!r}]", *_read_lines(field, index, names)]
        lines.append(_absent_line(field, index))
    if layout.extra is not None:
        lines.append(f" self.{layout.extra[0]} = {{}}")
    lines += [f" if len(raw) != {len(layout.fields)} - n: keep_unknown(self, raw, context)", " return self"]
    # The text contains only identifiers, which were valid in a class body, and literals made by repr.
    exec("\n".join(lines), names)  # noqa: S102
    reader: Reader = names["read"]
    return reader


def _read_lines(field: FieldLayout, index: int, names: dict[str, Any]) -> list[str]:
    """Return the lines that read a field that is present, as `v`."""
    codec = field.codec.inner if isinstance(field.codec, NullableCodec) else field.codec
    target, fallback = f"self.{field.name}", f"read_field(self, f{index}, v, context)"
    if isinstance(codec, DateTimeCodec) and (codec is DATE_TIME or codec.utc):
        # In whole seconds, it is written as received.
        utc_text, suffix = ("v + 'Z'", "") if codec.utc else ("v", " + 'Z'")
        return [
            "  try:",
            f"   t = parse({utc_text})",
            f"   if t.tzinfo is UTC and t.isoformat()[:19]{suffix} == v: {target} = t",
            f"   else: {fallback}",
            f"  except (TypeError, ValueError): {fallback}",
        ]
    if codec.exact is not None:
        return [f"  if v.__class__ is {codec.exact.__name__}: {target} = v", f"  else: {fallback}"]
    if codec.faithful and isinstance(codec, ListCodec | MapCodec | ModelCodec):
        names[f"r{index}"] = codec.read
        return [
            f"  if v is None: {fallback}",
            "  else:",
            f"   try: {target} = r{index}(v, context)",
            f"   except ValidationFailure as failure: handle_failure(self, f{index}, v, context, failure)",
        ]
    return [f"  {fallback}"]


def _absent_line(field: FieldLayout, index: int) -> str:
    """Return the line for a field that is absent."""
    if field.required:
        return f" else: missing(self, f{index}, context)"
    return " else: n += 1" if field.nullable else f" else: n += 1; self.{field.name} = None"


def _not_an_object(raw: object) -> ValidationFailure:
    return ValidationFailure(f"an object was expected, not {describe(raw)}")


def _missing(model: ModelBase, field: FieldLayout, context: Context) -> None:
    failure = ValidationFailure("this required field is missing")
    if context.lenient is None:
        raise failure.within(field.wire)
    context.lenient.warn(type(model).__name__, field.name, failure)


def _read_field(model: ModelBase, field: FieldLayout, raw: object, context: Context) -> None:
    """Read a field that the inlined code does not handle."""
    codec = field.codec
    if raw is None and field.nullable:
        field.slot.__set__(model, None)
        return
    if (field.nullable or not field.required) and (raw is None or codec.is_blank(raw)):
        # Null that the spec does not allow, or a value sent for null.
        keep_raw(model, field.name, None, raw)
        return
    try:
        value = codec.read(raw, context)
    except ValidationFailure as failure:
        _handle_failure(model, field, raw, context, failure)
        return
    field.slot.__set__(model, value)
    if not codec.faithful and not _round_trips(codec, value, raw):
        keep_raw(model, field.name, copy.deepcopy(value) if value.__class__ in (list, dict) else value, raw)


def _round_trips(codec: Codec, value: object, raw: object) -> bool:
    """Return whether a value is written as it was received."""
    try:
        return same_json(codec.write(value), raw)
    except (TypeError, ValueError):
        return False


def _handle_failure(
    model: ModelBase, field: FieldLayout, raw: object, context: Context, failure: ValidationFailure
) -> None:
    """Raise for an invalid value or, when lenient, keep it as received."""
    if context.lenient is None:
        raise failure.within(field.wire) from None
    context.lenient.warn(type(model).__name__, field.name, failure)
    if field.required:
        field.slot.__set__(model, raw)
    keep_raw(model, field.name, raw if field.required else None, raw)


def _unknown_handler(layout: Layout) -> Callable[[ModelBase, dict[str, JSONValue], Context], None]:
    known = frozenset(layout.by_wire)

    def keep_unknown(model: ModelBase, raw: dict[str, JSONValue], context: Context) -> None:
        unknown = {key: value for key, value in raw.items() if key not in known}
        if layout.extra is None:
            model.unknown_fields = UnknownFields(model, unknown)
            return
        name, codec = layout.extra
        try:
            setattr(model, name, MapCodec(codec).read(unknown, context))
        except ValidationFailure as failure:
            if context.lenient is None:
                raise
            context.lenient.warn(type(model).__name__, name, failure)
            model.unknown_fields = UnknownFields(model, unknown)

    return keep_unknown
