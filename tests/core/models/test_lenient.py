"""Lenient reading: invalid fields are kept as received, with one warning each."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import xcaas
from tests.support.zoo import Counters, Needy, Owner
from xcaas.storage.models import StorageObject
from xcaas.testing import FakeResponse, FakeServer
from xcaas_core.models import LenientReading, Model
from xcaas_core.models._context import Context

INVALID = {"id": "a", "storedBytes": "many", "tags": [{"key": 5}, {"key": "k"}], "createdTime": "yesterday"}


def read(cls: type[Model], data: Mapping[str, object], lenient: LenientReading | None = None) -> Model:
    instance = cls.__layout__().reader(data, Context(lenient=lenient or LenientReading()))
    assert isinstance(instance, cls)
    return instance


def test_invalid_fields_read_as_none_and_are_written_as_received() -> None:
    with pytest.warns(UserWarning, match="kept as it came") as warned:
        obj = read(StorageObject, INVALID)
    assert isinstance(obj, StorageObject)
    assert (obj.stored_bytes, obj.created_time) == (None, None)
    assert obj.tags is not None
    assert [tag.key for tag in obj.tags] == [5, "k"]  # required fields keep the invalid value
    assert obj.is_set("stored_bytes")
    assert obj.to_dict() == INVALID
    assert obj.evolve(id="b").to_dict() == {**INVALID, "id": "b"}
    assert len(warned) == 3


def test_missing_required_fields_stay_absent() -> None:
    with pytest.warns(UserWarning, match="came as the spec does not have it") as warned:
        needy = read(Needy, {"id": "a", "sizes": "none"})
    assert [str(warning.message).partition(" came")[0] for warning in warned] == ["Needy.note", "Needy.sizes"]
    assert isinstance(needy, Needy)
    assert needy.note is None
    assert str(needy.sizes) == "none"
    assert not needy.is_set("note")
    assert needy.to_dict() == {"id": "a", "sizes": "none"}


def test_a_list_with_an_invalid_element_is_kept_as_received() -> None:
    data: dict[str, object] = {"pets": [{"kind": "cat"}, 5]}
    with pytest.warns(UserWarning, match=r"at /1 in it"):
        owner = read(Owner, data)
    assert isinstance(owner, Owner)
    assert owner.pets is None
    assert owner.to_dict() == data


def test_invalid_additional_properties_become_unknown_fields() -> None:
    with pytest.warns(UserWarning, match=r"Counters\.additional_properties"):
        counters = read(Counters, {"total": 1, "a": {"side": 2.5}, "b": 5})
    assert counters.unknown_fields == {"a": {"side": 2.5}, "b": 5}
    assert counters.to_dict() == {"total": 1, "a": {"side": 2.5}, "b": 5}


def test_each_field_is_warned_about_once() -> None:
    reading = LenientReading()
    data = {"id": "a", "storedBytes": "x"}
    with pytest.warns(UserWarning, match="stored_bytes"):
        read(StorageObject, data, reading)
    read(StorageObject, data, reading)  # a second warning would be an error


def client_for(body: object, *, lenient: bool) -> xcaas.XCaaS:
    server = FakeServer()
    server.respond("storage.objects.get", FakeResponse(json=body))
    return xcaas.XCaaS(http_client=server, credentials=xcaas.ClientCredentials("a", "b"), lenient=lenient)


def test_clients_are_strict_by_default() -> None:
    with pytest.raises(xcaas.DecodeError):
        client_for(INVALID, lenient=False).storage.objects.get("a")
    client = client_for(INVALID, lenient=True)
    with pytest.warns(UserWarning, match="kept as it came"):
        obj = client.storage.objects.get("a")
    assert obj.to_dict() == INVALID
    client.storage.objects.get("a")  # warned once per client: a second warning would be an error
    with pytest.raises(xcaas.DecodeError):
        client.with_options(lenient=False).storage.objects.get("a")


def test_a_body_of_another_type_raises_even_if_lenient() -> None:
    with pytest.raises(xcaas.DecodeError, match="an object was expected"):
        client_for([1], lenient=True).storage.objects.get("a")


def test_lenient_must_be_a_boolean() -> None:
    with pytest.raises(xcaas.ConfigurationError, match="lenient must be True or False"):
        xcaas.XCaaS(credentials=xcaas.BearerToken("t"), lenient="yes")  # type: ignore[arg-type]


def test_raw_gives_access_to_an_invalid_body() -> None:
    client = client_for(INVALID, lenient=False)
    response = client.raw(client.storage.objects.get, "a")
    assert response.json() == INVALID
    assert '"storedBytes"' in response.text
    assert response.content.startswith(b"{")
    for _ in range(2):
        with pytest.raises(xcaas.DecodeError) as caught:
            _ = response.value
        assert caught.value.operation == "storage.objects.get"
