"""Type hints of generated code at run time, for FastAPI, cattrs and notebooks."""

from __future__ import annotations

import attrs

import xcaas
from tests.support.hints import hinted_objects, unresolved_hints
from xcaas_core.models import Model


def test_hints_of_models_and_calls_resolve() -> None:
    count, wrong = unresolved_hints(xcaas)
    assert wrong == []
    assert count > 900


def test_models_are_attrs_classes_with_real_types() -> None:
    models = [cls for _, cls in hinted_objects(xcaas) if isinstance(cls, type) and issubclass(cls, Model)]
    assert len(models) > 200
    for cls in models:
        assert attrs.has(cls)
        assert not any(isinstance(each.type, str) for each in attrs.fields(attrs.resolve_types(cls)))
