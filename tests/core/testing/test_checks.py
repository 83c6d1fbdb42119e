"""What the fake server finds wrong with requests, and what it answers by itself."""

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


def operation(method: str = "GET", **facts: object) -> Operation[object]:
    facts.setdefault("responses", {"200": json_response()})
    return Operation(PRODUCT, "op", method, "/op", call="p.op", **facts)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def session(server: FakeServer) -> Session:
    return ClientBase(http_client=server)._session  # pyright: ignore[reportPrivateUsage]


def problems(sent_as: Operation[object], call: Call[object], checked_as: Operation[object]) -> list[str]:
    """What a server that knows `checked_as` finds in a request made as `sent_as`: clients refuse most slips themselves."""
    from xcaas_core.testing._check import problems_of
    from xcaas_core.testing._responses import FakeRequest

    server = FakeServer(check=False)
    session(server).exchange(Call(sent_as, call.args, call.body))
    seen = server.requests[0]
    assert isinstance(seen, FakeRequest)
    return problems_of(seen, checked_as)


def test_parameters() -> None:
    sent = operation(parameters=(query("a"), query("b")))
    known = operation(parameters=(query("a"), query("must", required=True), header("X-Must", required=True)))
    assert problems(sent, Call(sent, ("1", "2")), known) == [
        "query parameter 'b' is not in the spec",
        "query parameter 'must' is missing",
        "header 'X-Must' is missing",
    ]


def test_pages_that_carry_their_cursor_alone_lack_nothing() -> None:
    sent = operation(parameters=(query("cursor"),))
    known = operation(
        parameters=(query("cursor"), query("must", required=True)),
        paging=PaginationSpec("cursor", "cursor", items="", alone=True),
    )
    assert problems(sent, Call(sent, ("c",)), known) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"text": "x"}, []),
        ({"text": "x", "page": 1}, []),
        ({"text": "x", "pag": 1}, ["body: /pag is not in the spec"]),
    ],
)
def test_bodies(body: object, found: list[str]) -> None:
    sent = operation("POST", body=json_body())
    assert problems(sent, Call(sent, (), body), operation("POST", body=json_body(annotation="_models.Query"))) == found


@pytest.mark.parametrize(
    ("annotation", "body", "found"),
    [
        ("list[_models.Query]", [{"text": "a"}, {"text": "b", "x": 1}], ["body: /1/x is not in the spec"]),
        ("dict[str, _models.Query]", {"k": {"text": "a", "y": 1}}, ["body: /k/y is not in the spec"]),
        ("list[_models.Query | None]", [None, {"text": "a", "x": 1}], ["body: /1/x is not in the spec"]),
        ("_models.Row | _models.Query", {"text": "a", "z": 1}, ["body: /z is not in the spec"]),
        ("JSONValue", {"any": 1}, []),
    ],
)
def test_bodies_of_all_shapes(annotation: str, body: object, found: list[str]) -> None:
    sent = operation("POST", body=json_body())
    assert problems(sent, Call(sent, (), body), operation("POST", body=json_body(annotation=annotation))) == found


def test_body_of_the_wrong_type() -> None:
    sent = operation("POST", body=json_body())
    known = operation("POST", body=json_body(annotation="list[_models.Query]"))
    (found,) = problems(sent, Call(sent, (), [{"text": 3}]), known)
    assert found.startswith("body: ")
    assert "/0/text" in found


def test_body_where_none_belongs_and_the_other_way_round() -> None:
    bare, filled = operation("POST"), operation("POST", body=json_body())
    assert problems(filled, Call(filled, (), {"a": 1}), bare) == ["the operation takes no body"]
    assert problems(bare, Call(bare), operation("POST", body=json_body(annotation="_models.Query"))) == [
        "the body is missing"
    ]
    assert (
        problems(bare, Call(bare), operation("POST", body=json_body(annotation="_models.Query", required=False))) == []
    )


def test_body_that_only_claims_to_be_json() -> None:
    sent = operation("POST", body=binary_body("application/json"))
    assert problems(sent, Call(sent, (), b"{"), operation("POST", body=json_body(annotation="_models.Query"))) == [
        "the body is not JSON"
    ]


def test_mismatch_names_the_call() -> None:
    known = operation("POST", body=json_body(annotation="_models.Query"))
    with pytest.raises(RequestMismatch, match=r"p\.op: POST /op: body: /x is not in the spec"):
        session(FakeServer()).exchange(Call(known, (), {"text": "a", "x": 1}))


class TestDefaults:
    def test_no_body(self) -> None:
        assert default_response(operation(responses={"204": empty_response()})).status == 204
        assert default_response(operation(responses={})).status == 200
        assert default_response(operation(responses={"404": json_response(), "2XX": empty_response()})).status == 200

    @pytest.mark.parametrize(("answer", "text"), [(text_response(), b"text"), (xml_response(), b"<example/>")])
    def test_text_and_xml(self, answer: object, text: bytes) -> None:
        assert default_response(operation(responses={"200": answer})).pieces == [text]

    def test_first_media_type_of_several(self) -> None:
        several = (xml_response(), json_response())
        assert default_response(operation(responses={"200": several})).headers["Content-Type"] == "application/xml"

    def test_list_that_ends_because_no_cursor_follows(self) -> None:
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
    def test_lists_end(self, last: StopCondition, body: bytes, headers: dict[str, str]) -> None:
        answer = default_response(operation(paging=PaginationSpec("page", "p", items="/rows", last=(last,))))
        assert answer.pieces == [body]
        assert headers.items() <= answer.headers.items()

    def test_operations_that_stand_in_no_module(self) -> None:
        lost = Product("p", title="P", servers=(), schemes={}, package="no.such.package")
        op: Operation[object] = Operation(lost, "o", "GET", "/", call="p.o", responses={"200": json_response()})
        assert default_response(op).pieces == [b"{}"]
        assert operations_of("no.such.package") == []

    def test_relations_that_lead_nowhere(self) -> None:
        assert links_of("json").states == {}
        stray = operation(
            responses={"200": binary_response()}, download=DownloadSpec(checksum=LinkSpec("_nothing:HERE", "id"))
        )
        assert default_response(stray).status == 200


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
    def test_by_type(self, annotation: str, value: object) -> None:
        codec = resolve(annotation, PACKAGE)
        assert example(codec) == value
        codec.decode(value)

    def test_types_that_contain_themselves(self) -> None:
        found = str(example(resolve("_models.Tree", PACKAGE)))
        assert 10 < len(found) < 20_000


def test_pieces_for_users() -> None:
    headers = FakeHeaders({"X-A": "1"})
    assert ("x-a" in headers, "X-B" in headers) == (True, False)
    assert (headers["X-a"], headers.get("X-A"), headers.get("none", "d")) == ("1", "1", "d")
    assert FakeResponse(text="ä").pieces == ["ä".encode()]
    assert FakeResponse(content=iter([b"a", b"b"])).headers["content-length"] == "2"
    assert "1000000" in repr(FakeClock())
