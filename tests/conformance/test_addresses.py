"""The judge of addresses and headers itself: what is right passes, what is wrong is named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.conformance.addresses import address_faults, header_faults, servers
from tests.conformance.answers import SampleAnswer
from tests.conformance.document import Document, OperationNode
from tests.conformance.runner import COLLECTION
from tests.conformance.server import Answer


def operation(name: str) -> OperationNode:
    document = Document(COLLECTION / "servers_of_operations.yaml")
    return next(one for one in document.operations() if one.node.fields["operationId"] == name)


@pytest.mark.parametrize(
    ("name", "place", "right", "wrong"),
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
def test_origin_and_base_path_are_those_of_the_server(name: str, place: int, right: str, wrong: str) -> None:
    one = operation(name)
    server = servers(one.node.document, one)[place]
    assert list(address_faults(one, server, right)) == []
    assert [fault.kind for fault in address_faults(one, server, wrong)] == ["server"]


def test_status_and_headers_are_those_that_were_answered() -> None:
    answer = SampleAnswer(Answer(200, None, None, {"X-Total": "7"}), None)
    assert list(header_faults(answer, SimpleNamespace(status=200, headers={"x-tOTAL": "7"}))) == []
    other = SimpleNamespace(status=201, headers={"x-tOTAL": "8"})
    assert [fault.kind for fault in header_faults(answer, other)] == ["status", "header"]
