"""Public classes have the name under which users import them."""

from __future__ import annotations

import copy
import pickle
import traceback
import typing

import pytest

import xcaas
from tests.support.shop import Shop
from xcaas_core import NotFoundError
from xcaas_core._errors import XCaaSError

# `typing.get_type_hints` looks the names in fields of models up in the module that a class is said to be of.
MODELS = {"Model", "UnknownModel"}
CLASSES = [
    found
    for name in xcaas.__all__
    if name not in MODELS and isinstance(found := getattr(xcaas, name), type) and found is not object
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: str(cls.__name__))
def test_public_classes_are_of_the_public_package(cls: type[object]) -> None:
    assert cls.__module__ in ("xcaas", "typing")
    assert pickle.loads(pickle.dumps(cls)) is cls
    if not issubclass(cls, xcaas.XCaaS | xcaas.AsyncXCaaS):
        typing.get_type_hints(cls)


def test_clients_of_products_are_of_their_packages() -> None:
    assert repr(xcaas.storage.Storage) == "<class 'xcaas.storage.Storage'>"
    assert Shop.__module__ == "tests.support.shop"  # a class of the user's own stays as it is


def test_errors_say_where_they_are_imported_from() -> None:
    error = NotFoundError("no such object", status=404)
    assert traceback.format_exception_only(error) == ["xcaas.NotFoundError: no such object\n"]
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(twin) is NotFoundError
        assert (twin.status, str(twin)) == (404, str(error))


def test_every_error_is_public() -> None:
    waiting: list[type[XCaaSError]] = [XCaaSError]
    while waiting:
        cls = waiting.pop()
        if cls.__module__.partition(".")[0] in ("xcaas", "xcaas_core"):
            assert getattr(xcaas, cls.__name__) is cls
            waiting += cls.__subclasses__()
