"""Models in the tools of others: attrs, typing, cattrs, pydantic, FastAPI, notebooks."""

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
                found = getattr(models, name)
                if isinstance(found, type) and issubclass(found, Model):
                    yield found


def test_every_model_has_types_at_run_time() -> None:
    seen = 0
    for cls in all_models():
        attrs.resolve_types(cls)
        hints = typing.get_type_hints(cls)
        for attribute in attrs.fields(cls):
            assert attribute.name in hints
            assert not isinstance(attribute.type, str)
        seen += 1
    assert seen > 350


def test_attrs_sees_real_types() -> None:
    fields = attrs.fields(attrs.resolve_types(StorageObject))
    assert fields.id.type is str
    assert fields.tags.type == list[Tag] | None
    assert attrs.has(StorageObject)


def test_patterns_match() -> None:
    match StorageObject.from_dict(DATA):
        case StorageObject(id="a", tags=[Tag(key=key)]):
            assert key == "callId"
        case other:
            pytest.fail(repr(other))


def test_cattrs_after_one_call() -> None:
    converter = cattrs.Converter()
    xcaas.register_cattrs(converter)
    found = converter.structure([DATA], list[StorageObject])
    assert found == [StorageObject.from_dict(DATA)]
    assert converter.unstructure(found) == [DATA]


class Envelope(pydantic.BaseModel):
    """A model of somebody's own, around one of ours."""

    found: StorageObject
    others: list[Tag] = []


def test_a_model_is_a_field_of_a_pydantic_model() -> None:
    envelope = Envelope.model_validate({"found": DATA, "others": [Tag(key="x")]})
    assert envelope.found == StorageObject.from_dict(DATA)
    assert envelope.others == [Tag(key="x")]
    assert envelope.model_dump()["found"] == DATA
    assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope
    with pytest.raises(pydantic.ValidationError, match="text was expected, not a number"):
        Envelope.model_validate({"found": {"id": 5}})


def test_a_model_has_a_json_schema() -> None:
    schema: dict[str, Any] = Envelope.model_json_schema()["properties"]["found"]
    assert schema["title"] == "StorageObject"
    assert schema["required"] == ["id"]
    assert schema["properties"]["storedBytes"] == {"type": "integer"}
    assert schema["properties"]["createdTime"] == {"type": "string", "format": "date-time"}
    assert schema["properties"]["tags"]["items"]["properties"]["key"] == {"type": "string"}


@pytest.mark.parametrize("cls", [Plain, Node, Owner, Patch, Counters])
def test_every_kind_of_field_has_a_schema(cls: type[Model]) -> None:
    schema = pydantic.TypeAdapter(cls).json_schema()
    assert schema["type"] == "object"
    assert set(schema["properties"]) == {field.wire for field in cls.__layout__().fields}


def test_a_model_is_what_fastapi_takes_and_gives() -> None:
    app = FastAPI()

    def put(found: Annotated[StorageObject, Body()]) -> StorageObject:
        return found.evolve(updated_time=dt.datetime(2024, 5, 2, tzinfo=dt.UTC))

    app.put("/objects")(put)
    client = TestClient(app)
    answer = client.put("/objects", json=DATA)
    assert answer.json() == {**DATA, "updatedTime": "2024-05-02T00:00:00"}
    assert client.put("/objects", json={"id": 5}).status_code == 422
    schema = client.get("/openapi.json").json()["paths"]["/objects"]["put"]
    body = schema["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["id"] == {"type": "string"}


def test_methods_have_types_at_run_time() -> None:
    client = xcaas.XCaaS(credentials=xcaas.BearerToken("t"))
    hints = typing.get_type_hints(type(client.storage.objects).search)
    assert hints["filter"] == xcaas.Filter | str | None
    assert hints["return"] == xcaas.Pager[StorageObject]


def html_of(shown: object) -> str:
    """What a notebook shows."""
    method: Callable[[], str] = getattr(shown, "_repr_html_")  # noqa: B009
    return method()


def test_notebooks_show_tables() -> None:
    found = StorageObject.from_dict({**DATA, "objectName": "<b>"})
    table = html_of(found)
    assert "<caption>StorageObject</caption>" in table
    assert "<td>id</td><td>&#x27;a&#x27;</td>" in table
    assert "<b>" not in table
    several = html_of(xcaas.rows([found] * 30))
    assert several.count("<tr>") == 1 + 20 + 1
    assert "<th>object_name</th>" in several


def test_secrets_stay_out_of_notebooks() -> None:
    token = Token.from_dict({"access_token": "hunter2", "expires_in": "1799", "token_type": "BearerToken"})
    assert "hunter2" not in html_of(token)
    assert "hunter2" not in repr(token)


def test_tags_are_a_mapping_where_one_is_wanted() -> None:
    assert xcaas.by_key(StorageObject.from_dict(DATA).tags) == {"callId": "7"}
    assert xcaas.by_key(None) == {}
