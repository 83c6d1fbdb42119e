"""The `x-xcaas-*` keys: read where they stand, checked, and left out with a warning where malformed."""

from __future__ import annotations

import pytest

from tests.support.snippets import messages, model, operation, read
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def with_keys(text: str, root: str = "") -> tuple[ir.Operation, tuple[Problem, ...]]:
    result = read(
        f"""
{root}
paths:
  /jobs:
    post:
      operationId: startJob
      parameters: [{{name: page, in: query, schema: {{type: integer}}}}]
      requestBody: {{content: {{application/json: {{schema: {{type: object}}}}}}}}
      responses: {{'200': {{description: ok}}}}
      {text}
  /jobs/{{id}}:
    get: {{operationId: getJob, parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}], responses: {{'200': {{description: ok}}}}}}
"""
    )
    return operation(result.document, "startJob"), result.warnings


POLLER = "id: /id, status: {operation: getJob, parameter: id, value: /state, done: [DONE, PART], partial: [PART]}"
GOOD = {
    "page": "x-xcaas-pagination: {style: page, parameter: page, items: /content, first: 0, last: [{header: X, is: page-count}]}",
    "cursor in the body": "x-xcaas-pagination: {style: cursor, in: body, parameter: /next, items: '', next: {body: /next}, alone: true}",
    "last page by its Link header": "x-xcaas-pagination: {style: page, parameter: page, items: '', last: [{link: next, absent: true}]}",
    "poller": f"x-xcaas-poller: {{verb: run, resume: resume_run, {POLLER}, interval: {{first: 1, factor: 1.5, max: 30}}, timeout: 60}}",
    "download": "x-xcaas-download: {filename: content-disposition, ranges: unknown, checksum: {operation: getJob, parameter: id, value: /md5}}",
    "retry": "x-xcaas-retry: {safe: true}",
    "headers": "x-xcaas-headers: {Content-Type: application/json}",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_well_formed(text: str) -> None:
    found, problems = with_keys(text)
    assert not problems, messages(problems)
    assert said(found) == [text.partition(":")[0]]


def said(operation: ir.Operation) -> list[str]:
    """The keys whose contents have come into the node."""
    found = {
        "x-xcaas-pagination": operation.pagination,
        "x-xcaas-poller": operation.poller,
        "x-xcaas-download": operation.download,
        "x-xcaas-retry": operation.retry,
        "x-xcaas-headers": operation.fixed_headers or None,
        "x-xcaas-slices": operation.slices,
    }
    return [key for key, node in found.items() if node is not None]


def test_nodes_hold_what_stands_there() -> None:
    place = ir.SourceLocation("snippet", "/paths/~1jobs/post/x-xcaas-pagination")
    paging = with_keys(GOOD["page"])[0].pagination
    assert paging == ir.Pagination(
        place,
        "page",
        "page",
        "/content",
        first=0,
        last=(ir.StopCondition(ir.ValueLocation("header", "X"), "page-count"),),
        declared=paging.declared if paging else None,
    )
    paging = with_keys(GOOD["cursor in the body"])[0].pagination
    assert paging is not None
    assert (paging.within, paging.next, paging.alone) == ("body", ir.ValueLocation("body", "/next"), True)
    call = ir.FollowUp("getJob", "id")
    poller = with_keys(GOOD["poller"])[0].poller
    assert poller is not None
    assert poller.status == ir.StatusLink(call, "/state", ("DONE", "PART"), partial=("PART",))
    assert (poller.first, poller.factor, poller.longest, poller.timeout) == (1, 1.5, 30, 60)
    assert with_keys(GOOD["download"])[0].download == ir.Download(ir.Checksum(call, "/md5"), "content-disposition")
    assert with_keys(GOOD["retry"])[0].retry == ir.Retry(safe=True)
    assert with_keys(GOOD["headers"])[0].fixed_headers == (("Content-Type", "application/json"),)


@pytest.mark.parametrize("limit", ["{calls: 100}", "{per: 60}", "{calls: 0, per: 60}", "{calls: 1, per: 0}", "7"])
def test_a_limit_that_is_none_is_a_problem_with_a_place(limit: str) -> None:
    result = read(f"x-xcaas-product: {{rate_limits: [{limit}, {{calls: 5, per: 0.5}}]}}\npaths: {{}}")
    assert result.document.rate_limits == (ir.RateLimit(5, 0.5),)
    assert "/x-xcaas-product/rate_limits/0" in [one.pointer for one in result.warnings]


BAD = {
    "no style": ("x-xcaas-pagination: {parameter: page, items: ''}", "needs 'style'"),
    "unknown style": ("x-xcaas-pagination: {style: odd, parameter: page, items: ''}", "should be page or cursor"),
    "pointer without a slash": ("x-xcaas-pagination: {style: page, parameter: page, items: content}", "a JSON pointer"),
    "unknown parameter": ("x-xcaas-pagination: {style: page, parameter: nope, items: ''}", "no parameter 'nope'"),
    "not a mapping": ("x-xcaas-pagination: yes", "should be a mapping"),
    "unknown operation": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: nope, parameter: id, value: /s, done: [D]}}",
        "no operation 'nope'",
    ),
    "unknown parameter of the status": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, parameter: no, value: /s, done: [D]}}",
        "'getJob' has no parameter 'no'",
    ),
    "no end": ("x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, value: /s}}", "needs 'done'"),
    "partial end that is no list": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, value: /s, done: [D], partial: D}}",
        "a list of strings",
    ),
    "partial end that is no end": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, parameter: id, value: /s, done: [D], partial: [HALF]}}",
        "'HALF' is listed under 'partial', but not under 'done'",
    ),
    "a call without a parameter": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, value: /s, done: [D]}}",
        "needs 'parameter'",
    ),
    "an end of pages that is none": (
        "x-xcaas-pagination: {style: page, parameter: page, items: '', last: [{header: X, is: enough}]}",
        "'last' should be a list of mappings, each with 'body', 'header' or 'link' and a test",
    ),
    "a next cursor without a place": (
        "x-xcaas-pagination: {style: cursor, parameter: page, items: '', next: {query: x}}",
        "a mapping with 'body' or 'header'",
    ),
    "a next cursor that is an address": (
        "x-xcaas-pagination: {style: cursor, parameter: page, items: '', next: {link: next}}",
        "a mapping with 'body' or 'header'",
    ),
    "a header that is no text": ("x-xcaas-headers: {X-Version: 2}", "'X-Version' should be a string"),
    "verb that is no name": (f"x-xcaas-poller: {{verb: 'run it', {POLLER}}}", "a Python name"),
    "retry": ("x-xcaas-retry: {safe: 'yes'}", "true or false"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_malformed_ones_are_left_out(text: str, message: str) -> None:
    found, problems = with_keys(text)
    assert message in messages(problems)
    assert said(found) == []
    assert all(one.pointer.startswith("/paths/~1jobs/post/x-xcaas") and one.line for one in problems)


def test_an_unknown_key_in_one_and_an_unknown_one() -> None:
    found, problems = with_keys("x-xcaas-retry: {safe: true, often: 3}")
    assert "no key 'often'" in messages(problems)
    assert said(found) == ["x-xcaas-retry"]
    _, problems = with_keys("x-xcaas-pagnation: {}")
    assert "unknown key x-xcaas-pagnation" in messages(problems)


def test_where_it_sits_and_what_it_is_called() -> None:
    found, problems = with_keys("x-xcaas-resource: {path: queues.agents, verb: start}")
    assert not problems
    assert (found.resource, found.verb) == (("queues", "agents"), "start")
    found, problems = with_keys("x-xcaas-resource: {path: a b, verb: start}")
    assert (found.resource, found.verb) == ((), None)
    assert "'path'" in messages(problems)


def test_product_and_error_shapes() -> None:
    result = read(
        """
        x-xcaas-product: {name: storage, console_name: storage}
        paths: {}
        components:
          schemas:
            Fault: {type: object, properties: {fault: {type: string}}, x-xcaas-error: {message: /fault, code: /code}}
        """
    )
    assert result.document.console_name == "storage"
    assert model(result.document, "Fault").error == (("code", "/code"), ("message", "/fault"))
    assert "should be a mapping" in messages(read("x-xcaas-product: storage\npaths: {}").warnings)


def sliced(text: str) -> tuple[ir.Operation, tuple[Problem, ...]]:
    return with_keys(f"x-xcaas-slices: {{{text}}}\n      {GOOD['page']}")


def test_a_list_is_cut_by_parameters_or_by_a_filter() -> None:
    found, problems = sliced(
        "start: page, end: page, zone: page, longest: 60, partition: page, key: /id, count: getJob"
    )
    assert not problems, messages(problems)
    place = ir.SourceLocation("snippet", "/paths/~1jobs/post/x-xcaas-slices")
    assert found.slices == ir.Slices(
        place, start="page", end="page", zone="page", longest=60, partition="page", key="/id", count="getJob"
    )
    found, problems = sliced("filter: page, field: a, time: /at, total: /total")
    assert not problems, messages(problems)
    assert found.slices == ir.Slices(place, filter="page", field="a", time="/at", total="/total")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start: page", "needs 'start' and 'end', or 'filter' and 'field'"),
        ("start: page, end: page, filter: page, field: a", "needs 'start' and 'end', or"),
        ("filter: page", "needs 'start' and 'end', or 'filter' and 'field'"),
        ("start: page, end: nope", "no parameter 'nope'"),
        ("start: page, end: page, partition: nope", "no parameter 'nope'"),
        ("start: page, end: page, count: nope", "no operation 'nope'"),
        ("start: /from, end: /to, rows: {operation: getJob, parameter: id}", "needs 'id'"),
        ("start: /from, end: /to, rows: {operation: nope, parameter: id, id: /id}", "no operation 'nope'"),
        (
            "start: /from, end: /to, rows: {operation: getJob, parameter: id, id: /id}",
            "'getJob' is not a list with pages",
        ),
    ],
)
def test_slices_that_cannot_be_are_left_out(text: str, message: str) -> None:
    found, problems = sliced(text)
    assert message in messages(problems)
    assert found.slices is None
