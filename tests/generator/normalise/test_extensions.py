"""The `x-xcaas-*` keys: read, checked, and left out with a warning if malformed."""

from __future__ import annotations

import pytest

from tests.support.snippets import messages, model, operation, read
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def read_with_keys(text: str, root: str = "") -> tuple[ir.Operation, tuple[Problem, ...]]:
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
VALID = {
    "page": "x-xcaas-pagination: {style: page, parameter: page, items: /content, first: 0, last: [{header: X, is: page-count}]}",
    "cursor in the body": "x-xcaas-pagination: {style: cursor, in: body, parameter: /next, items: '', next: {body: /next}, alone: true}",
    "last page by its Link header": "x-xcaas-pagination: {style: page, parameter: page, items: '', last: [{link: next, absent: true}]}",
    "poller": f"x-xcaas-poller: {{verb: run, resume: resume_run, {POLLER}, interval: {{first: 1, factor: 1.5, max: 30}}, timeout: 60}}",
    "download": "x-xcaas-download: {filename: content-disposition, ranges: unknown, checksum: {operation: getJob, parameter: id, value: /md5}}",
    "retry": "x-xcaas-retry: {safe: true}",
    "headers": "x-xcaas-headers: {Content-Type: application/json}",
}


@pytest.mark.parametrize("text", VALID.values(), ids=VALID.keys())
def test_valid_extensions_are_read(text: str) -> None:
    start_job, problems = read_with_keys(text)
    assert not problems, messages(problems)
    assert extension_keys(start_job) == [text.partition(":")[0]]


def extension_keys(operation: ir.Operation) -> list[str]:
    """Return the extensions that the operation has."""
    nodes = {
        "x-xcaas-pagination": operation.pagination,
        "x-xcaas-poller": operation.poller,
        "x-xcaas-download": operation.download,
        "x-xcaas-retry": operation.retry,
        "x-xcaas-headers": operation.fixed_headers or None,
        "x-xcaas-slices": operation.slices,
    }
    return [key for key, node in nodes.items() if node is not None]


def test_nodes_have_the_values_of_their_keys() -> None:
    location = ir.SourceLocation("snippet", "/paths/~1jobs/post/x-xcaas-pagination")
    pagination = read_with_keys(VALID["page"])[0].pagination
    assert pagination == ir.Pagination(
        location,
        "page",
        "page",
        "/content",
        first=0,
        last=(ir.StopCondition(ir.ValueLocation("header", "X"), "page-count"),),
        declared=pagination.declared if pagination else None,
    )
    pagination = read_with_keys(VALID["cursor in the body"])[0].pagination
    assert pagination is not None
    assert (pagination.within, pagination.next, pagination.alone) == ("body", ir.ValueLocation("body", "/next"), True)
    call = ir.FollowUp("getJob", "id")
    poller = read_with_keys(VALID["poller"])[0].poller
    assert poller is not None
    assert poller.status == ir.StatusLink(call, "/state", ("DONE", "PART"), partial=("PART",))
    assert (poller.first, poller.factor, poller.longest, poller.timeout) == (1, 1.5, 30, 60)
    assert read_with_keys(VALID["download"])[0].download == ir.Download(
        ir.Checksum(call, "/md5"), "content-disposition"
    )
    assert read_with_keys(VALID["retry"])[0].retry == ir.Retry(safe=True)
    assert read_with_keys(VALID["headers"])[0].fixed_headers == (("Content-Type", "application/json"),)


@pytest.mark.parametrize("limit", ["{calls: 100}", "{per: 60}", "{calls: 0, per: 60}", "{calls: 1, per: 0}", "7"])
def test_malformed_rate_limits_are_left_out(limit: str) -> None:
    result = read(f"x-xcaas-product: {{rate_limits: [{limit}, {{calls: 5, per: 0.5}}]}}\npaths: {{}}")
    assert result.document.rate_limits == (ir.RateLimit(5, 0.5),)
    assert "/x-xcaas-product/rate_limits/0" in [problem.pointer for problem in result.warnings]


MALFORMED = {
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


@pytest.mark.parametrize(("text", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_extensions_are_left_out(text: str, message: str) -> None:
    start_job, problems = read_with_keys(text)
    assert message in messages(problems)
    assert extension_keys(start_job) == []
    assert all(problem.pointer.startswith("/paths/~1jobs/post/x-xcaas") and problem.line for problem in problems)


def test_unknown_keys_are_reported() -> None:
    start_job, problems = read_with_keys("x-xcaas-retry: {safe: true, often: 3}")
    assert "no key 'often'" in messages(problems)
    assert extension_keys(start_job) == ["x-xcaas-retry"]
    _, problems = read_with_keys("x-xcaas-pagnation: {}")
    assert "unknown key x-xcaas-pagnation" in messages(problems)


def test_x_xcaas_resource_sets_resource_and_verb() -> None:
    start_job, problems = read_with_keys("x-xcaas-resource: {path: queues.agents, verb: start}")
    assert not problems
    assert (start_job.resource, start_job.verb) == (("queues", "agents"), "start")
    start_job, problems = read_with_keys("x-xcaas-resource: {path: a b, verb: start}")
    assert (start_job.resource, start_job.verb) == ((), None)
    assert "'path'" in messages(problems)


def test_product_and_error_keys_are_read() -> None:
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


def with_slices(text: str) -> tuple[ir.Operation, tuple[Problem, ...]]:
    return read_with_keys(f"x-xcaas-slices: {{{text}}}\n      {VALID['page']}")


def test_slices_have_parameters_or_a_filter() -> None:
    start_job, problems = with_slices(
        "start: page, end: page, zone: page, longest: 60, partition: page, key: /id, count: getJob"
    )
    assert not problems, messages(problems)
    location = ir.SourceLocation("snippet", "/paths/~1jobs/post/x-xcaas-slices")
    assert start_job.slices == ir.Slices(
        location, start="page", end="page", zone="page", longest=60, partition="page", key="/id", count="getJob"
    )
    start_job, problems = with_slices("filter: page, field: a, time: /at, total: /total")
    assert not problems, messages(problems)
    assert start_job.slices == ir.Slices(location, filter="page", field="a", time="/at", total="/total")


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
def test_impossible_slices_are_left_out(text: str, message: str) -> None:
    start_job, problems = with_slices(text)
    assert message in messages(problems)
    assert start_job.slices is None
