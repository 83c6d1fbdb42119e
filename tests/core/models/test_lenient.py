"""Reading what does not fit: refused, or kept as it came with one warning."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import xcaas
from tests.support.zoo import Counters, Needy, Owner
from xcaas.storage.models import StorageObject
from xcaas.testing import FakeResponse, FakeServer
from xcaas_core.models import LenientReading, Model
from xcaas_core.models._context import Context

ODD = {"id": "a", "storedBytes": "many", "tags": [{"key": 5}, {"key": "k"}], "createdTime": "yesterday"}


def read(cls: type[Model], data: Mapping[str, object], lenient: LenientReading | None = None) -> Model:
    found = cls.__layout__().reader(data, Context(lenient=lenient or LenientReading()))
    assert isinstance(found, cls)
    return found


def test_what_does_not_fit_reads_as_none_and_goes_back_as_it_came() -> None:
    with pytest.warns(UserWarning, match="kept as it came") as told:
        found = read(StorageObject, ODD)
    assert isinstance(found, StorageObject)
    assert (found.stored_bytes, found.created_time) == (None, None)
    assert found.tags is not None
    assert [tag.key for tag in found.tags] == [5, "k"]  # required, so it reads as it came
    assert found.is_set("stored_bytes")
    assert found.to_dict() == ODD
    assert found.evolve(id="b").to_dict() == {**ODD, "id": "b"}
    assert len(told) == 3


def test_a_required_field_that_is_missing_stays_missing() -> None:
    with pytest.warns(UserWarning, match="came as the spec does not have it") as told:
        found = read(Needy, {"id": "a", "sizes": "none"})
    assert [str(one.message).partition(" came")[0] for one in told] == ["Needy.note", "Needy.sizes"]
    assert isinstance(found, Needy)
    assert found.note is None
    assert str(found.sizes) == "none"
    assert not found.is_set("note")
    assert found.to_dict() == {"id": "a", "sizes": "none"}


def test_a_list_with_one_wrong_element_is_kept_whole() -> None:
    data: dict[str, object] = {"pets": [{"kind": "cat"}, 5]}
    with pytest.warns(UserWarning, match=r"at /1 in it"):
        found = read(Owner, data)
    assert isinstance(found, Owner)
    assert found.pets is None
    assert found.to_dict() == data


def test_wrong_additional_properties_become_unknown_fields() -> None:
    with pytest.warns(UserWarning, match=r"Counters\.additional_properties"):
        found = read(Counters, {"total": 1, "a": {"side": 2.5}, "b": 5})
    assert found.unknown_fields == {"a": {"side": 2.5}, "b": 5}
    assert found.to_dict() == {"total": 1, "a": {"side": 2.5}, "b": 5}


def test_each_field_is_told_once() -> None:
    reading = LenientReading()
    odd = {"id": "a", "storedBytes": "x"}
    with pytest.warns(UserWarning, match="stored_bytes"):
        read(StorageObject, odd, reading)
    read(StorageObject, odd, reading)  # a second warning would be an error


def answering(body: object, *, lenient: bool) -> xcaas.XCaaS:
    server = FakeServer()
    server.respond("storage.objects.get", FakeResponse(json=body))
    return xcaas.XCaaS(http_client=server, credentials=xcaas.ClientCredentials("a", "b"), lenient=lenient)


def test_a_client_reads_strictly_unless_told() -> None:
    with pytest.raises(xcaas.DecodeError):
        answering(ODD, lenient=False).storage.objects.get("a")
    client = answering(ODD, lenient=True)
    with pytest.warns(UserWarning, match="kept as it came"):
        found = client.storage.objects.get("a")
    assert found.to_dict() == ODD
    client.storage.objects.get("a")  # told once per client: a second warning would be an error
    with pytest.raises(xcaas.DecodeError):
        client.with_options(lenient=False).storage.objects.get("a")


def test_a_body_of_another_kind_is_an_error_all_the_same() -> None:
    with pytest.raises(xcaas.DecodeError, match="an object was expected"):
        answering([1], lenient=True).storage.objects.get("a")


def test_lenient_is_true_or_false() -> None:
    with pytest.raises(xcaas.ConfigurationError, match="lenient must be True or False"):
        xcaas.XCaaS(credentials=xcaas.BearerToken("t"), lenient="yes")  # type: ignore[arg-type]


def test_raw_gives_a_body_that_does_not_fit() -> None:
    client = answering(ODD, lenient=False)
    answer = client.raw(client.storage.objects.get, "a")
    assert answer.json() == ODD
    assert '"storedBytes"' in answer.text
    assert answer.content.startswith(b"{")
    for _ in range(2):
        with pytest.raises(xcaas.DecodeError) as caught:
            _ = answer.value
        assert caught.value.operation == "storage.objects.get"
