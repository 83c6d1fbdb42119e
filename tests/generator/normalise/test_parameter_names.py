"""Parameters whose name on the wire doesn't read well in Python."""

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


def test_the_spec_may_give_another_name() -> None:
    parameters = operation(read(DOCUMENT).document, "listPets").parameters
    assert {one.wire: one.name for one in parameters} == {"X-8x8-Tenant": "tenant", "X-Request-Id": "x_request_id"}
