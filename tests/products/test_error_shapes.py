"""Error bodies of each product become typed errors with the service's message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

import xcaas
from xcaas import Download, Pager
from xcaas_core.models import Model
from xcaas_sandbox import Fault, Sandbox
from xcaas_sandbox._replies import Problem, error_body
from xcaas_sandbox._specs import Operation

from .support import MANIFEST, SPECS, Row, arguments, call_of, client_of, warned

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
    """Yield, for each product, the first operation that declares each status."""
    seen: set[tuple[str, str]] = set()
    for row in MANIFEST:
        for status in declared(SPECS[row["product"], row["operation_id"]]):
            if (row["product"], status) not in seen:
                seen.add((row["product"], status))
                yield row, status


def without_times(body: Any) -> dict[str, object]:
    return {key: value for key, value in cast("dict[str, object]", body).items() if "time" not in key.lower()}


def execute(result: Any) -> None:
    """Send the requests of pagers and downloads, too."""
    if isinstance(result, Pager):
        cast("Pager[object]", result).to_list()
    elif isinstance(result, Download):
        result.read()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running:
        yield running


@pytest.mark.parametrize(
    ("row", "status"), list(cases()), ids=lambda value: value if isinstance(value, str) else value["call"]
)
def test_error_body_of_the_product_is_parsed(sandbox: Sandbox, row: Row, status: str) -> None:
    operation = SPECS[row["product"], row["operation_id"]]
    response_body = error_body(operation, Problem(int(status), "told by the service", code="SOME_CODE"))
    assert response_body is not None
    media_type, body = response_body
    with client_of(sandbox.base_url, retries=0) as client, warned(row):
        method = call_of(client, row)
        # A token for the product first, so that the fault meets the call itself.
        sandbox.state.faults.clear()
        path = ".*" if row["call"].endswith("tokens.create") else "^(?!.*oauth).*"
        fault = Fault(path=path, status=int(status), body=json.dumps(body), media_type=media_type)
        sandbox.state.faults.add(fault)
        try:
            with pytest.raises(CLASSES[status]) as caught:
                execute(method(**arguments(method, operation, {})))
        finally:
            sandbox.state.faults.clear()
    error = caught.value
    assert error.status == int(status)
    assert isinstance(error.body, Model), error.body
    # Without times: those with nanoseconds do not round-trip.
    assert without_times(error.body.to_dict()) == without_times(body)
    if "told by the service" in json.dumps(body):
        assert "told by the service" in str(error)
