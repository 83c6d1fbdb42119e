"""Models in other tools: attrs, typing, cattrs, pydantic, FastAPI, notebooks."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import attrs
import cattrs
import pydantic
import pytest
from fastapi import Body, FastAPI
from starlette.testclient import TestClient

import xcaas
from tests.support.zoo import Counters, Node, Owner, Patch, Plain
from xcaas.oauth.models import Token
from xcaas.storage.models import StorageObject, Tag
from xcaas_core.models import Model

DATA = {"id": "a", "createdTime": "2024-05-01T10:00:00", "tags": [{"key": "callId", "value": "7"}], "new": 1}


def all_models() -> Iterator[type[Model]]:
    for product in pkgutil.iter_modules(xcaas.__path__):
        if product.ispkg:
            models = importlib.import_module(f"xcaas.{product.name}.models")
            for name in models.__all__:
                cls = getattr(models, name)
                if isinstance(cls, type) and issubclass(cls, Model):
                    yield cls


def test_type_hints_of_all_models_resolve() -> None:
    count = 0
    for cls in all_models():
        attrs.resolve_types(cls)
        hints = typing.get_type_hints(cls)
        for attribute in attrs.fields(cls):
            assert attribute.name in hints
            assert not isinstance(attribute.type, str)
        count += 1
    assert count > 350


def test_attrs_resolves_types() -> None:
    fields = attrs.fields(attrs.resolve_types(StorageObject))
    assert fields.id.type is str
    assert fields.tags.type == list[Tag] | None
    assert attrs.has(StorageObject)


def test_models_match_patterns() -> None:
    match StorageObject.from_dict(DATA):
        case StorageObject(id="a", tags=[Tag(key=key)]):
            assert key == "callId"
        case other:
            pytest.fail(repr(other))


def test_register_cattrs_adds_hooks_for_models() -> None:
    converter = cattrs.Converter()
    xcaas.register_cattrs(converter)
    structured = converter.structure([DATA], list[StorageObject])
    assert structured == [StorageObject.from_dict(DATA)]
    assert converter.unstructure(structured) == [DATA]


class Envelope(pydantic.BaseModel):
    """A user's pydantic model with fields of our models."""

    obj: StorageObject
    others: list[Tag] = []


def test_models_are_fields_of_pydantic_models() -> None:
    envelope = Envelope.model_validate({"obj": DATA, "others": [Tag(key="x")]})
    assert envelope.obj == StorageObject.from_dict(DATA)
    assert envelope.others == [Tag(key="x")]
    assert envelope.model_dump()["obj"] == DATA
    assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope
    with pytest.raises(pydantic.ValidationError, match="text was expected, not a number"):
        Envelope.model_validate({"obj": {"id": 5}})


def test_pydantic_gets_the_json_schema_of_a_model() -> None:
    schema: dict[str, Any] = Envelope.model_json_schema()["properties"]["obj"]
    assert schema["title"] == "StorageObject"
    assert schema["required"] == ["id"]
    assert schema["properties"]["storedBytes"] == {"type": "integer"}
    assert schema["properties"]["createdTime"] == {"type": "string", "format": "date-time"}
    assert schema["properties"]["tags"]["items"]["properties"]["key"] == {"type": "string"}


@pytest.mark.parametrize("cls", [Plain, Node, Owner, Patch, Counters])
def test_all_types_of_fields_have_a_json_schema(cls: type[Model]) -> None:
    schema = pydantic.TypeAdapter(cls).json_schema()
    assert schema["type"] == "object"
    assert set(schema["properties"]) == {field.wire for field in cls.__layout__().fields}


def test_fastapi_accepts_and_returns_models() -> None:
    app = FastAPI()

    def put(obj: Annotated[StorageObject, Body()]) -> StorageObject:
        return obj.evolve(updated_time=dt.datetime(2024, 5, 2, tzinfo=dt.UTC))

    app.put("/objects")(put)
    client = TestClient(app)
    response = client.put("/objects", json=DATA)
    assert response.json() == {**DATA, "updatedTime": "2024-05-02T00:00:00"}
    assert client.put("/objects", json={"id": 5}).status_code == 422
    schema = client.get("/openapi.json").json()["paths"]["/objects"]["put"]
    body = schema["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["id"] == {"type": "string"}


def test_type_hints_of_methods_resolve() -> None:
    client = xcaas.XCaaS(credentials=xcaas.BearerToken("t"))
    hints = typing.get_type_hints(type(client.storage.objects).search)
    assert hints["filter"] == xcaas.Filter | str | None
    assert hints["return"] == xcaas.Pager[StorageObject]


def html_of(value: object) -> str:
    """Return the HTML that a notebook shows."""
    method: Callable[[], str] = getattr(value, "_repr_html_")  # noqa: B009
    return method()


def test_notebooks_show_tables() -> None:
    obj = StorageObject.from_dict({**DATA, "objectName": "<b>"})
    table = html_of(obj)
    assert "<caption>StorageObject</caption>" in table
    assert "<td>id</td><td>&#x27;a&#x27;</td>" in table
    assert "<b>" not in table
    rows = html_of(xcaas.rows([obj] * 30))
    assert rows.count("<tr>") == 1 + 20 + 1
    assert "<th>object_name</th>" in rows


def test_notebooks_mask_secrets() -> None:
    token = Token.from_dict({"access_token": "hunter2", "expires_in": "1799", "token_type": "BearerToken"})
    assert "hunter2" not in html_of(token)
    assert "hunter2" not in repr(token)


def test_by_key_turns_tags_into_a_mapping() -> None:
    assert xcaas.by_key(StorageObject.from_dict(DATA).tags) == {"callId": "7"}
    assert xcaas.by_key(None) == {}
