"""The checks of addresses and headers themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.conformance.addresses import address_faults, header_faults, servers
from tests.conformance.answers import SampleResponse
from tests.conformance.document import Document, OperationNode
from tests.conformance.runner import COLLECTION
from tests.conformance.server import StubResponse


def operation(name: str) -> OperationNode:
    document = Document(COLLECTION / "servers_of_operations.yaml")
    return next(candidate for candidate in document.operations() if candidate.node.fields["operationId"] == name)


@pytest.mark.parametrize(
    ("name", "index", "valid", "invalid"),
    [
        ("plain", 0, "https://api.example/v1/plain", "https://api.example/plain"),
        ("port", 0, "https://api.example:8443/deep/er/port", "https://api.example/deep/er/port"),
        ("standard", 0, "http://localhost/standard", "http://localhost:81/standard"),
        ("standard", 0, "http://localhost:80/standard", "https://localhost/standard"),
        ("variables", 0, "https://eu.example/beta/variables", "https://eu.example/live/variables"),
        ("relative", 0, "https://relative.example/other/relative", "https://relative.example/v1/relative"),
        ("item", 1, "https://spare.example/x/item", "https://item.example/item"),
        ("itemPut", 0, "http://localhost:8000/v9/item", "https://localhost:8000/v9/item"),
    ],
)
def test_addresses_must_have_origin_and_base_path_of_the_server(
    name: str, index: int, valid: str, invalid: str
) -> None:
    node = operation(name)
    server = servers(node.node.document, node)[index]
    assert list(address_faults(node, server, valid)) == []
    assert [fault.kind for fault in address_faults(node, server, invalid)] == ["server"]


def test_status_and_headers_must_be_those_sent() -> None:
    response = SampleResponse(StubResponse(200, None, None, {"X-Total": "7"}), None)
    assert list(header_faults(response, SimpleNamespace(status=200, headers={"x-tOTAL": "7"}))) == []
    other = SimpleNamespace(status=201, headers={"x-tOTAL": "8"})
    assert [fault.kind for fault in header_faults(response, other)] == ["status", "header"]
