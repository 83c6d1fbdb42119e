"""Support for pydantic and FastAPI."""

from __future__ import annotations

from ._schemas import core_schema as core_schema
from ._schemas import json_schema as json_schema

__all__ = ["core_schema", "json_schema"]
