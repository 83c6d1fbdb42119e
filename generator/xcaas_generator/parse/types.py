"""Conversion of types of openapi-python-client's parser to types of the IR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openapi_python_client import schema as oai
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import properties as parsed
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from xcaas_generator import ir
from xcaas_generator.parse.canonical import BASE

_NAME = oai.UntrustedString("value")
NULL = ir.Scalar("none")


class Unparsed(Exception):
    """The parser refused a part of the document."""


def make_config() -> Config:
    return Config.from_sources(
        ConfigFile(literal_enums=True),
        MetaType.NONE,
        document_source="",
        file_encoding="utf-8",
        overwrite=False,
        output_path=None,
    )


class Types:
    """The types of a canonical document.

    `maps` are the components that are maps; `names` the classes of components with a different name.
    """

    def __init__(
        self,
        components: Mapping[oai.UntrustedString, oai.Reference | oai.Schema],
        maps: set[str],
        names: Mapping[str, str],
    ) -> None:
        self._config = make_config()
        self._maps = maps
        self._names = names
        self._values: dict[str, ir.TypeRef] = {}
        self._referred: dict[str, ir.TypeRef] = {}
        self.schemas = parsed.build_schemas(components=dict(components), schemas=parsed.Schemas(), config=self._config)
        self.models = {
            self._class(str(prop.class_info.name)): prop
            for prop in self.schemas.classes_by_name.values()
            if isinstance(prop, parsed.ModelProperty)
        }

    @property
    def errors(self) -> list[ParseError]:
        return self.schemas.errors

    def of(self, data: oai.Schema | oai.Reference) -> ir.TypeRef:
        """Return the type of a schema. Raises `Unparsed`."""
        if not isinstance(data, oai.Reference):
            return self.of_property(self._property(data), data)
        name = data.ref.get_untrusted_value()
        if name not in self._referred:
            self._referred[name] = self.of_property(self._property(data), data)
        return self._referred[name]

    def fields(self, model: str) -> dict[str, ir.TypeRef]:
        """Return the types of a model's properties, by key."""
        prop = self.models.get(model)
        if prop is None or prop.required_properties is None or prop.optional_properties is None:
            raise Unparsed(f"the parser has no class {model}")
        data = prop.data.properties or {}
        return {
            inner.name.get_untrusted_value(): self.of_property(inner, data[inner.name])
            for inner in (*prop.required_properties, *prop.optional_properties)
        }

    def extra(self, model: str) -> ir.TypeRef | None:
        prop = self.models[model]
        data = prop.data.additionalProperties
        if isinstance(data, bool) or data is None or prop.additional_properties is None:
            return None
        return self.of_property(prop.additional_properties, data)

    def of_property(self, prop: PropertyProtocol, data: oai.Schema | oai.Reference) -> ir.TypeRef:
        """Return the type of a parsed property; its schema has what the parser does not represent."""
        if isinstance(prop, parsed.ModelProperty):
            name = self._class(str(prop.class_info.name))
            return ir.MapOf(self._value(name)) if name in self._maps else ir.ModelRef(name)
        if isinstance(prop, parsed.LiteralEnumProperty):
            return ir.EnumRef(self._class(str(prop.class_info.name)))
        if isinstance(data, oai.Reference):
            raise Unparsed(f"the parser took {data.ref.get_untrusted_value()} for no class")
        if isinstance(prop, UnionProperty):
            return self._union(data)
        if isinstance(prop, ListProperty):
            return ir.ListOf(self.of_property(prop.inner_property, data.items) if data.items else ir.Scalar("any"))
        if isinstance(prop, ConstProperty):
            return ir.Const(data.const)
        return _scalar(prop, data.schema_format.get_untrusted_value() if data.schema_format else None)

    def _union(self, data: oai.Schema) -> ir.UnionOf:
        members = tuple(self.of(member) for member in data.anyOf)
        if data.discriminator is None:
            return ir.UnionOf(members)
        mapping = {
            key.get_untrusted_value(): self._class(ref.get_untrusted_value().rpartition("/")[2])
            for key, ref in (data.discriminator.mapping or {}).items()
        }
        base = mapping.pop(BASE, None)
        tags = dict.fromkeys((key.partition(" ")[2], name) for key, name in mapping.items())
        return ir.UnionOf(members, data.discriminator.propertyName.get_untrusted_value(), tuple(tags), base)

    def _class(self, component: str) -> str:
        return self._names.get(component, component)

    def _value(self, name: str) -> ir.TypeRef:
        if name not in self._values:
            self._values[name] = self.extra(name) or ir.Scalar("any")
        return self._values[name]

    def _property(self, data: oai.Schema | oai.Reference) -> parsed.Property:
        prop, self.schemas = parsed.property_from_data(
            name=_NAME, required=True, data=data, schemas=self.schemas, parent_name="", config=self._config
        )
        if isinstance(prop, ParseError):
            raise Unparsed(prop.detail or prop.header)
        return prop


def _scalar(prop: PropertyProtocol, form: str | None) -> ir.Scalar:
    if isinstance(prop, parsed.AnyProperty):
        return ir.Scalar("any")
    if isinstance(prop, NoneProperty):
        return NULL
    if isinstance(prop, BooleanProperty):
        return ir.Scalar("bool")
    if isinstance(prop, FileProperty):
        return ir.Scalar("bytes", form)
    if isinstance(prop, IntProperty):
        return ir.Scalar("int", form)
    if isinstance(prop, FloatProperty):
        return ir.Scalar("float", form)
    return ir.Scalar("str", form)


def split_null(type_: ir.TypeRef) -> tuple[ir.TypeRef, bool]:
    """Return a type without null, and whether null was one of its members."""
    if not isinstance(type_, ir.UnionOf) or NULL not in type_.members:
        return type_, False
    rest = tuple(member for member in type_.members if member != NULL)
    if len(rest) == 1:
        return rest[0], True
    return replace(type_, members=rest), True
