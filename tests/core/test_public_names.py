"""Public classes are named after the package that users import."""

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

# `typing.get_type_hints` looks names in fields of models up in the module of the class.
MODELS = {"Model", "UnknownModel"}
CLASSES = [
    value
    for name in xcaas.__all__
    if name not in MODELS and isinstance(value := getattr(xcaas, name), type) and value is not object
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: str(cls.__name__))
def test_public_classes_belong_to_the_public_package(cls: type[object]) -> None:
    assert cls.__module__ in ("xcaas", "typing")
    assert pickle.loads(pickle.dumps(cls)) is cls
    if not issubclass(cls, xcaas.XCaaS | xcaas.AsyncXCaaS):
        typing.get_type_hints(cls)


def test_product_clients_belong_to_their_packages() -> None:
    assert repr(xcaas.storage.Storage) == "<class 'xcaas.storage.Storage'>"
    assert Shop.__module__ == "tests.support.shop"  # classes of users are unchanged


def test_errors_are_shown_with_their_public_name() -> None:
    error = NotFoundError("no such object", status=404)
    assert traceback.format_exception_only(error) == ["xcaas.NotFoundError: no such object\n"]
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(twin) is NotFoundError
        assert (twin.status, str(twin)) == (404, str(error))


def test_every_error_is_public() -> None:
    pending: list[type[XCaaSError]] = [XCaaSError]
    while pending:
        cls = pending.pop()
        if cls.__module__.partition(".")[0] in ("xcaas", "xcaas_core"):
            assert getattr(xcaas, cls.__name__) is cls
            pending += cls.__subclasses__()
