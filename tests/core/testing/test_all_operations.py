"""Every operation of every product against the fake server: what it answers by itself must satisfy the clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import xcaas
from xcaas import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin, XCaaS
from xcaas_core.calls._session import Session
from xcaas_core.downloads._download import Download
from xcaas_core.models import Model, resolve
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.operations._parameter import Parameter
from xcaas_core.paging._pager import Pager
from xcaas_core.polling._poller import Poller
from xcaas_core.testing import FakeServer
from xcaas_core.testing._defaults import FILE
from xcaas_core.testing._examples import example
from xcaas_core.testing._links import operations_of

PRODUCTS = sorted(name for name in dir(xcaas) if hasattr(XCaaS, name) and not name.startswith("_"))
OPERATIONS = [
    operation for name in PRODUCTS for operation in operations_of(f"xcaas.{name}") if "101" not in operation.responses
]  # of streams
ID = [operation.call for operation in OPERATIONS]


def test_all_products_are_covered() -> None:
    assert len(PRODUCTS) >= 20
    assert len(OPERATIONS) >= 170


@pytest.fixture(scope="module")
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture(scope="module")
def session(server: FakeServer) -> Iterator[Session]:
    credentials = [
        ClientCredentials("id", "secret"),
        ApiKey("key", "token"),
        BasicToken("tenant", "token"),
        WorkAnalyticsLogin("key", "user", "password"),
    ]
    with XCaaS(http_client=server, credentials=credentials, tenant="acme", cluster="na12", rate_limits=False) as client:
        yield client._session  # pyright: ignore[reportPrivateUsage]


def argument(parameter: Parameter, package: str) -> object:
    """Return a value for a required parameter, as a caller would pass it."""
    codec = resolve(parameter.annotation or "str", package)
    return codec.decode(example(codec))


def call_of(operation: Operation[object]) -> Call[object]:
    package = operation.product.package
    args = tuple(argument(spec, package) if spec.required else None for spec in operation.parameters)
    body: object = None
    if operation.body is not None:
        body = b"content"
        if operation.body.kind in ("json", "form", "multipart"):
            codec = resolve(operation.body.annotation or "JSONValue", package)
            body = codec.decode(example(codec))
    return Call(operation, args, body)


def validate(value: object) -> None:
    """Check that a result matches the spec."""
    if isinstance(value, Model):
        value.validate()


@pytest.mark.parametrize("operation", OPERATIONS, ids=ID)
def test_default_response_is_accepted_by_the_client(
    operation: Operation[object], session: Session, server: FakeServer
) -> None:
    call = call_of(operation)
    if operation.paging is not None:
        pager: Pager[object] = Pager(session, call)
        items = pager.to_list()
        assert len(items) == 1
        assert pager.resume_token is None
        for item in items:
            validate(item)
    elif operation.poller is not None:
        job: Poller[object] = Poller(session, call)
        result = job.wait()
        if isinstance(result, Download):
            assert result.read() == FILE
        else:
            validate(result)
        assert job.done
    elif operation.download is not None:
        call.stream = True
        assert Download(session, call).read() == FILE
    else:
        validate(session.exchange(call).value())
    assert server.requests[-1].operation is not None
