"""The fake server's checks of requests, and its default responses."""

from __future__ import annotations

from typing import Final

import pytest

from xcaas_core.calls._session import Session
from xcaas_core.models import resolve
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.sdk import (
    ClientBase,
    DownloadSpec,
    LinkSpec,
    PaginationSpec,
    Product,
    Server,
    StopCondition,
    binary_body,
    binary_response,
    empty_response,
    header,
    json_body,
    json_response,
    query,
    text_response,
    xml_response,
)
from xcaas_core.testing import FakeClock, FakeResponse, FakeServer, RequestMismatch
from xcaas_core.testing._defaults import default_response
from xcaas_core.testing._examples import example
from xcaas_core.testing._links import links_of, operations_of
from xcaas_core.testing._responses import FakeHeaders

PACKAGE: Final = "tests.support.example_api"
PRODUCT: Final = Product("p", title="P", servers=(Server("https://api.test"),), schemes={}, package=PACKAGE)


def operation(method: str = "GET", **fields: object) -> Operation[object]:
    fields.setdefault("responses", {"200": json_response()})
    return Operation(PRODUCT, "op", method, "/op", call="p.op", **fields)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def session(server: FakeServer) -> Session:
    return ClientBase(http_client=server)._session  # pyright: ignore[reportPrivateUsage]


def problems(sent_as: Operation[object], call: Call[object], checked_as: Operation[object]) -> list[str]:
    """Return the problems of a request made as `sent_as` and checked as `checked_as`: clients refuse most themselves."""
    from xcaas_core.testing._check import problems_of
    from xcaas_core.testing._responses import FakeRequest

    server = FakeServer(check=False)
    session(server).exchange(Call(sent_as, call.args, call.body))
    request = server.requests[0]
    assert isinstance(request, FakeRequest)
    return problems_of(request, checked_as)


def test_unknown_and_missing_parameters_are_reported() -> None:
    sent_operation = operation(parameters=(query("a"), query("b")))
    spec = operation(parameters=(query("a"), query("must", required=True), header("X-Must", required=True)))
    assert problems(sent_operation, Call(sent_operation, ("1", "2")), spec) == [
        "query parameter 'b' is not in the spec",
        "query parameter 'must' is missing",
        "header 'X-Must' is missing",
    ]


def test_pages_with_only_a_cursor_need_no_other_parameters() -> None:
    sent_operation = operation(parameters=(query("cursor"),))
    spec = operation(
        parameters=(query("cursor"), query("must", required=True)),
        paging=PaginationSpec("cursor", "cursor", items="", alone=True),
    )
    assert problems(sent_operation, Call(sent_operation, ("c",)), spec) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": "x"}, []),
        ({"text": "x", "page": 1}, []),
        ({"text": "x", "pag": 1}, ["body: /pag is not in the spec"]),
    ],
)
def test_unknown_members_of_a_body_are_reported(body: object, expected: list[str]) -> None:
    sent_operation = operation("POST", body=json_body())
    assert (
        problems(
            sent_operation,
            Call(sent_operation, (), body),
            operation("POST", body=json_body(annotation="_models.Query")),
        )
        == expected
    )


@pytest.mark.parametrize(
    ("annotation", "body", "expected"),
    [
        ("list[_models.Query]", [{"text": "a"}, {"text": "b", "x": 1}], ["body: /1/x is not in the spec"]),
        ("dict[str, _models.Query]", {"k": {"text": "a", "y": 1}}, ["body: /k/y is not in the spec"]),
        ("list[_models.Query | None]", [None, {"text": "a", "x": 1}], ["body: /1/x is not in the spec"]),
        ("_models.Row | _models.Query", {"text": "a", "z": 1}, ["body: /z is not in the spec"]),
        ("JSONValue", {"any": 1}, []),
    ],
)
def test_unknown_members_in_nested_types_are_reported(annotation: str, body: object, expected: list[str]) -> None:
    sent_operation = operation("POST", body=json_body())
    assert (
        problems(
            sent_operation, Call(sent_operation, (), body), operation("POST", body=json_body(annotation=annotation))
        )
        == expected
    )


def test_member_of_the_wrong_type_is_reported() -> None:
    sent_operation = operation("POST", body=json_body())
    spec = operation("POST", body=json_body(annotation="list[_models.Query]"))
    (problem,) = problems(sent_operation, Call(sent_operation, (), [{"text": 3}]), spec)
    assert problem.startswith("body: ")
    assert "/0/text" in problem


def test_unexpected_and_missing_bodies_are_reported() -> None:
    without_body, with_body = operation("POST"), operation("POST", body=json_body())
    assert problems(with_body, Call(with_body, (), {"a": 1}), without_body) == ["the operation takes no body"]
    assert problems(
        without_body, Call(without_body), operation("POST", body=json_body(annotation="_models.Query"))
    ) == ["the body is missing"]
    assert (
        problems(
            without_body,
            Call(without_body),
            operation("POST", body=json_body(annotation="_models.Query", required=False)),
        )
        == []
    )


def test_invalid_json_is_reported() -> None:
    sent_operation = operation("POST", body=binary_body("application/json"))
    assert problems(
        sent_operation, Call(sent_operation, (), b"{"), operation("POST", body=json_body(annotation="_models.Query"))
    ) == ["the body is not JSON"]


def test_mismatch_names_the_call() -> None:
    spec = operation("POST", body=json_body(annotation="_models.Query"))
    with pytest.raises(RequestMismatch, match=r"p\.op: POST /op: body: /x is not in the spec"):
        session(FakeServer()).exchange(Call(spec, (), {"text": "a", "x": 1}))


class TestDefaultResponses:
    def test_operation_without_content_gets_no_body(self) -> None:
        assert default_response(operation(responses={"204": empty_response()})).status == 204
        assert default_response(operation(responses={})).status == 200
        assert default_response(operation(responses={"404": json_response(), "2XX": empty_response()})).status == 200

    @pytest.mark.parametrize(("response", "text"), [(text_response(), b"text"), (xml_response(), b"<example/>")])
    def test_text_and_xml_get_an_example(self, response: object, text: bytes) -> None:
        assert default_response(operation(responses={"200": response})).pieces == [text]

    def test_first_media_type_is_used(self) -> None:
        specs = (xml_response(), json_response())
        assert default_response(operation(responses={"200": specs})).headers["Content-Type"] == "application/xml"

    def test_list_without_stop_condition_ends_without_a_cursor(self) -> None:
        paging = PaginationSpec("cursor", "c", items="/rows", next=("body", "/next"))
        assert default_response(operation(paging=paging)).pieces == [b'{"next": null}']

    @pytest.mark.parametrize(
        ("last", "body", "headers"),
        [
            (StopCondition(("body", "/total"), "item-count"), b'{"total": 1}', {}),
            (StopCondition(("header", "X-Pages"), "page-count"), b"{}", {"x-pages": "1"}),
            (StopCondition(("header", "X-Next"), "absent"), b"{}", {}),
            (StopCondition(("body", "/links"), "lacks", {"rel": "next"}), b'{"links": []}', {}),
            (StopCondition(("body", "/more"), "equals", False), b'{"more": false}', {}),
        ],
    )
    def test_list_ends_by_its_stop_condition(self, last: StopCondition, body: bytes, headers: dict[str, str]) -> None:
        response = default_response(operation(paging=PaginationSpec("page", "p", items="/rows", last=(last,))))
        assert response.pieces == [body]
        assert headers.items() <= response.headers.items()

    def test_operation_of_no_package_gets_a_response(self) -> None:
        product = Product("p", title="P", servers=(), schemes={}, package="no.such.package")
        operation: Operation[object] = Operation(
            product, "o", "GET", "/", call="p.o", responses={"200": json_response()}
        )
        assert default_response(operation).pieces == [b"{}"]
        assert operations_of("no.such.package") == []

    def test_missing_linked_operation_is_ignored(self) -> None:
        assert links_of("json").states == {}
        unlinked = operation(
            responses={"200": binary_response()}, download=DownloadSpec(checksum=LinkSpec("_nothing:HERE", "id"))
        )
        assert default_response(unlinked).status == 200


class TestExamples:
    @pytest.mark.parametrize(
        ("annotation", "value"),
        [
            ("dict[str, int]", {"key": 1}),
            ("list[str] | None", ["text"]),
            ('Literal["a"]', "a"),
            ("int | str", 1),
            (
                "Annotated[_models.Query | _models.Row | UnknownModel, "
                'Discriminator("kind", ("q", _models.Query), ("r", _models.Row))]',
                {"text": "text", "page": 1, "kind": "q"},
            ),
            ("_dt.datetime", "2026-03-14T09:26:53Z"),
            ("JSONValue", {}),
            ("bytes", "ZXhhbXBsZQ=="),
        ],
    )
    def test_type_gets_its_example(self, annotation: str, value: object) -> None:
        codec = resolve(annotation, PACKAGE)
        assert example(codec) == value
        codec.decode(value)

    def test_example_of_a_recursive_type_is_limited(self) -> None:
        text = str(example(resolve("_models.Tree", PACKAGE)))
        assert 10 < len(text) < 20_000


def test_headers_responses_and_clock_behave_as_documented() -> None:
    headers = FakeHeaders({"X-A": "1"})
    assert ("x-a" in headers, "X-B" in headers) == (True, False)
    assert (headers["X-a"], headers.get("X-A"), headers.get("none", "d")) == ("1", "1", "d")
    assert FakeResponse(text="ä").pieces == ["ä".encode()]
    assert FakeResponse(content=iter([b"a", b"b"])).headers["content-length"] == "2"
    assert "1000000" in repr(FakeClock())
