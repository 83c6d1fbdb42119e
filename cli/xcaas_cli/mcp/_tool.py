"""Tools built from functions: arguments from the signature, the description from the docstring."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, get_type_hints

from mcp_types import Tool as Declaration
from mcp_types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ._errors import invalid_arguments
from ._results import ROWS_SCHEMA, Result
from ._session import Session

__all__ = ["Tool", "reads", "writes"]

Run: TypeAlias = Callable[..., Awaitable[Result]]


@dataclass(frozen=True)
class Tool:
    """A function that a model can call."""

    run: Run
    title: str
    rows: bool = True
    """Whether it returns rows, or a single object."""
    writes: bool = False
    destructive: bool = False
    idempotent: bool = True

    @property
    def name(self) -> str:
        return self.run.__name__

    @cached_property
    def declaration(self) -> Declaration:
        """The description of the tool for hosts and models."""
        schema = self._arguments.model_json_schema(schema_generator=_CompactSchema)
        del schema["title"]
        return Declaration(
            name=self.name,
            title=self.title,
            description=" ".join((inspect.getdoc(self.run) or "").split()),
            input_schema=schema,
            output_schema=ROWS_SCHEMA if self.rows else {"type": "object"},
            annotations=ToolAnnotations(
                read_only_hint=not self.writes,
                destructive_hint=self.destructive,
                idempotent_hint=self.idempotent,
                open_world_hint=True,
            ),
        )

    async def call(self, session: Session, arguments: dict[str, Any]) -> Result:
        """Validate arguments and call the function.

        Raises:
            Refusal: The arguments are invalid.
        """
        fields = self._arguments.model_fields
        try:
            validated = self._arguments.model_validate(arguments)
        except ValidationError as error:
            raise invalid_arguments(error, fields) from None
        return await self.run(session, **{name: getattr(validated, name) for name in fields})

    @cached_property
    def _arguments(self) -> type[BaseModel]:
        hints = get_type_hints(self.run, include_extras=True)
        _session, *parameters = inspect.signature(self.run).parameters.values()
        fields: dict[str, Any] = {
            parameter.name: (
                hints[parameter.name],
                ... if parameter.default is inspect.Parameter.empty else parameter.default,
            )
            for parameter in parameters
        }
        return create_model(self.name, __config__=ConfigDict(extra="forbid"), **fields)


class _CompactSchema(GenerateJsonSchema):
    """Generates schemas without titles, and without null for optional arguments, which do not help a model."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return (
            self.generate_inner(schema["schema"]) if schema.get("default") is None else super().default_schema(schema)
        )


def reads(title: str, *, rows: bool = True) -> Callable[[Run], Tool]:
    """Make a function a tool that changes nothing."""
    return lambda run: Tool(run, title, rows)


def writes(title: str, *, destructive: bool, idempotent: bool) -> Callable[[Run], Tool]:
    """Make a function a tool that changes something."""
    return lambda run: Tool(run, title, rows=False, writes=True, destructive=destructive, idempotent=idempotent)
