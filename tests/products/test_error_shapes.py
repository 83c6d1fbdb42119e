"""Each product's own error body arrives as a typed error with the service's words in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, cast

import pytest

import xcaas
from xcaas import XCaaS
from xcaas_core.models import Model
from xcaas_sandbox import Fault, Sandbox
from xcaas_sandbox._replies import Problem, error_body
from xcaas_sandbox._specs import Operation, load_products

from .test_every_operation import CREDENTIALS, SETTINGS, Row, arguments, call_of, take, warned

ROWS: list[Row] = json.loads(files("xcaas").joinpath("_manifest.json").read_text("utf-8"))["operations"]
SPECS = {(product.name, operation.id): operation for product in load_products() for operation in product.operations}
CLASSES: dict[str, type[xcaas.ResponseError]] = {
    "400": xcaas.BadRequestError,
    "401": xcaas.AuthenticationError,
    "403": xcaas.PermissionDeniedError,
    "404": xcaas.NotFoundError,
    "409": xcaas.ConflictError,
    "429": xcaas.RateLimitError,
    "500": xcaas.ServerError,
    "503": xcaas.ServerError,
}


def declared(operation: Operation) -> Iterator[str]:
    for status, response in operation.responses.items():
        json_bodies = [m for m in response.get("content", {}) if m.endswith("json")]
        if status in CLASSES and json_bodies:
            yield status


def cases() -> Iterator[tuple[Row, str]]:
    """For each product, the first operation that declares each status."""
    seen: set[tuple[str, str]] = set()
    for row in ROWS:
        for status in declared(SPECS[row["product"], row["operation_id"]]):
            if (row["product"], status) not in seen:
                seen.add((row["product"], status))
                yield row, status


def without_moments(body: Any) -> dict[str, object]:
    return {key: value for key, value in cast("dict[str, object]", body).items() if "time" not in key.lower()}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running:
        yield running


@pytest.mark.parametrize(
    ("row", "status"), list(cases()), ids=lambda value: value if isinstance(value, str) else value["call"]
)
def test_the_products_error_body_is_parsed(sandbox: Sandbox, row: Row, status: str) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    media_type, body = error_body(operation, Problem(int(status), "told by the service", code="SOME_CODE"))
    known: dict[str, object] = {}
    with XCaaS(credentials=CREDENTIALS, base_url=sandbox.base_url, retries=0, **SETTINGS) as client, warned(row):
        method = call_of(client, row)
        # A token for the product first, so that the fault meets the call itself.
        sandbox.world.faults.clear()
        path = ".*" if row["call"].endswith("tokens.create") else "^(?!.*oauth).*"
        fault = Fault(path=path, status=int(status), body=json.dumps(body), media_type=media_type)
        sandbox.world.faults.add(fault)
        try:
            with pytest.raises(CLASSES[status]) as caught:
                take(method(**arguments(method, operation, known)))
        finally:
            sandbox.world.faults.clear()
    error = caught.value
    assert error.status == int(status)
    assert isinstance(error.body, Model), error.body
    # Moments are compared by nobody here: those with nanoseconds cannot come back whole.
    assert without_moments(error.body.to_dict()) == without_moments(body)
    if "told by the service" in json.dumps(body):
        assert "told by the service" in str(error)
