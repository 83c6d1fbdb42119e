"""The tree of errors: what it looks like, what errors say, and that they travel."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import re

import pytest

import xcaas_core
import xcaas_core._errors as errors
from xcaas_core.models import UnknownModel


def classes() -> list[type[Exception]]:
    return [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.XCaaSError)]


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"^    ([│├└─ ]*)(\w+Error)\b", line):
            depth = len(found[1]) // 4
            del path[depth:]
            if path:
                drawn[found[2]] = path[-1]
            path.append(found[2])
    assert drawn == {cls.__name__: cls.__bases__[0].__name__ for cls in classes() if cls is not errors.XCaaSError}


@pytest.mark.parametrize("cls", classes())
def test_errors_survive_pickle_and_copy(cls: type[errors.XCaaSError]) -> None:
    error = cls("it broke", advice="Mend it.")
    error.method, error.url, error.request_id = "GET", "https://x/y", "r-1"
    error.attempts = (errors.Attempt(1, "503", 503, 0.1, 0.0), errors.Attempt(2, "404", 404, 0.1, 0.5))
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is cls
        assert str(twin) == str(error)
        assert [attempt.outcome for attempt in twin.attempts] == ["503", "404"]


@pytest.mark.parametrize("levels", [1, 101, 400, 900])
def test_bodies_of_any_depth_survive_pickle_and_copy(levels: int) -> None:
    text = '{"a":' * levels + '["x"]' + "}" * levels
    error = errors.ServerError("no", status=500, body=json.loads(text), code="7", headers={"a": "b"})
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert json.dumps(twin.body, separators=(",", ":")) == text
        assert (str(twin), twin.status, twin.code, twin.headers) == ("no", 500, "7", {"a": "b"})


def test_a_deep_model_survives_pickle_and_copy() -> None:
    body = UnknownModel.from_dict({"a": json.loads("[" * 300 + "]" * 300)})
    error = errors.ServerError("no", status=500, body=body)
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert isinstance(twin.body, UnknownModel)
        assert twin.body.to_json() == body.to_json()


@pytest.mark.parametrize("cls", classes())
def test_errors_are_public(cls: type[Exception]) -> None:
    assert getattr(xcaas_core, cls.__name__) is cls


def test_a_message_says_what_where_and_what_to_do() -> None:
    error = errors.NotFoundError("no such object", status=404, advice="Check the id.")
    error.method, error.url, error.request_id = "GET", "https://x/y", "r-1"
    error.attempts = (errors.Attempt(1, "503", 503, 0.1, 0.0), errors.Attempt(2, "404", 404, 0.1, 0.5))
    assert str(error) == "GET https://x/y: no such object (request id r-1, 2 attempts). Check the id."
    assert error.message == "no such object"
    assert repr(error.attempts[1]) == "<Attempt 2: 404 after 0.100 s>"
    assert str(errors.XCaaSError()) == ""


def test_a_decode_error_names_the_spot() -> None:
    assert str(errors.DecodeError("not a number", pointer="/content/0/size")) == "not a number (at /content/0/size)"
    assert str(errors.DecodeError("not a number", pointer="")) == "not a number (at the root)"


def test_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(errors.CallTimeoutError, TimeoutError)
    assert issubclass(errors.ArgumentError, ValueError)


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (302, errors.RedirectError),
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (406, errors.NotAcceptableError),
        (418, errors.ResponseError),
        (429, errors.RateLimitError),
        (500, errors.ServerError),
        (599, errors.ServerError),
        (101, errors.ResponseError),
    ],
)
def test_each_status_has_its_class(status: int, cls: type[errors.ResponseError]) -> None:
    assert errors.error_class(status) is cls
