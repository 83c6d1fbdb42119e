"""The tree of errors: its classes, their messages, copies and pickles."""

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


def test_tree_in_the_docstring_is_that_of_the_classes() -> None:
    documented: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^    ([│├└─ ]*)(\w+Error)\b", line):
            depth = len(match[1]) // 4
            del path[depth:]
            if path:
                documented[match[2]] = path[-1]
            path.append(match[2])
    assert documented == {cls.__name__: cls.__bases__[0].__name__ for cls in classes() if cls is not errors.XCaaSError}


@pytest.mark.parametrize("cls", classes())
def test_errors_can_be_pickled_and_copied(cls: type[errors.XCaaSError]) -> None:
    error = cls("it broke", advice="Mend it.")
    error.method, error.url, error.request_id = "GET", "https://x/y", "r-1"
    error.attempts = (errors.Attempt(1, "503", 503, 0.1, 0.0), errors.Attempt(2, "404", 404, 0.1, 0.5))
    for restored in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(restored) is cls
        assert str(restored) == str(error)
        assert [attempt.outcome for attempt in restored.attempts] == ["503", "404"]


@pytest.mark.parametrize("levels", [1, 101, 400, 900])
def test_bodies_of_any_depth_can_be_pickled_and_copied(levels: int) -> None:
    text = '{"a":' * levels + '["x"]' + "}" * levels
    error = errors.ServerError("no", status=500, body=json.loads(text), code="7", headers={"a": "b"})
    for restored in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert json.dumps(restored.body, separators=(",", ":")) == text
        assert (str(restored), restored.status, restored.code, restored.headers) == ("no", 500, "7", {"a": "b"})


def test_deep_model_can_be_pickled_and_copied() -> None:
    body = UnknownModel.from_dict({"a": json.loads("[" * 300 + "]" * 300)})
    error = errors.ServerError("no", status=500, body=body)
    for restored in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert isinstance(restored.body, UnknownModel)
        assert restored.body.to_json() == body.to_json()


@pytest.mark.parametrize("cls", classes())
def test_errors_are_public(cls: type[Exception]) -> None:
    assert getattr(xcaas_core, cls.__name__) is cls


def test_message_has_call_details_and_advice() -> None:
    error = errors.NotFoundError("no such object", status=404, advice="Check the id.")
    error.method, error.url, error.request_id = "GET", "https://x/y", "r-1"
    error.attempts = (errors.Attempt(1, "503", 503, 0.1, 0.0), errors.Attempt(2, "404", 404, 0.1, 0.5))
    assert str(error) == "GET https://x/y: no such object (request id r-1, 2 attempts). Check the id."
    assert error.message == "no such object"
    assert repr(error.attempts[1]) == "<Attempt 2: 404 after 0.100 s>"
    assert str(errors.XCaaSError()) == ""


def test_decode_error_has_the_pointer() -> None:
    assert str(errors.DecodeError("not a number", pointer="/content/0/size")) == "not a number (at /content/0/size)"
    assert str(errors.DecodeError("not a number", pointer="")) == "not a number (at the root)"


def test_errors_are_also_builtin_errors() -> None:
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
def test_status_has_its_error_class(status: int, cls: type[errors.ResponseError]) -> None:
    assert errors.error_class(status) is cls
