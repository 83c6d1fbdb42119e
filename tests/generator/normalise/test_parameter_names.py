"""Python names of parameters."""

from __future__ import annotations

from tests.support.snippets import operation, read

DOCUMENT = """
servers: [{url: https://api.test}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: X-8x8-Tenant, in: header, x-xcaas-name: tenant, schema: {type: string}}
        - {name: X-Request-Id, in: header, schema: {type: string}}
      responses: {'204': {description: Done.}}
"""


def test_x_xcaas_name_replaces_the_python_name() -> None:
    parameters = operation(read(DOCUMENT).document, "listPets").parameters
    assert {parameter.wire: parameter.name for parameter in parameters} == {
        "X-8x8-Tenant": "tenant",
        "X-Request-Id": "x_request_id",
    }
