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
    "poller": f"x-xcaas-poller: {{verb: run, resume: resume_run, {POLLER}, interval: {{first: 1, factor: 1.5, max: 30}}, timeout: 60}}",
    "download": "x-xcaas-download: {filename: content-disposition, ranges: unknown, checksum: {operation: getJob, parameter: id, value: /md5}}",
    "retry": "x-xcaas-retry: {safe: true}",
    "headers": "x-xcaas-headers: {Content-Type: application/json}",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_well_formed(text: str) -> None:
    found, problems = with_keys(text)
    assert not problems, messages(problems)
    assert list(found.extensions) == [text.partition(":")[0]]


BAD = {
    "no style": ("x-xcaas-pagination: {parameter: page, items: ''}", "needs 'style'"),
    "unknown style": ("x-xcaas-pagination: {style: odd, parameter: page, items: ''}", "should be page or cursor"),
    "pointer without a slash": ("x-xcaas-pagination: {style: page, parameter: page, items: content}", "a JSON pointer"),
    "unknown parameter": ("x-xcaas-pagination: {style: page, parameter: nope, items: ''}", "no parameter 'nope'"),
    "not a mapping": ("x-xcaas-pagination: yes", "should be a mapping"),
    "unknown operation": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: nope, value: /s, done: [D]}}",
        "no operation 'nope'",
    ),
    "unknown parameter of the status": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, parameter: no, value: /s, done: [D]}}",
        "'getJob' has no parameter 'no'",
    ),
    "no end": ("x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, value: /s}}", "needs 'done'"),
    "partial end that is no list": (
        "x-xcaas-poller: {verb: run, id: /id, status: {operation: getJob, value: /s, done: [D], partial: D}}",
        "a list of texts",
    ),
    "verb that is no name": (f"x-xcaas-poller: {{verb: 'run it', {POLLER}}}", "a Python name"),
    "retry": ("x-xcaas-retry: {safe: 'yes'}", "true or false"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_malformed_ones_are_left_out(text: str, message: str) -> None:
    found, problems = with_keys(text)
    assert message in messages(problems)
    assert found.extensions == {}
    assert all(one.pointer.startswith("/paths/~1jobs/post/x-xcaas") and one.line for one in problems)


def test_an_unknown_key_in_one_and_an_unknown_one() -> None:
    found, problems = with_keys("x-xcaas-retry: {safe: true, often: 3}")
    assert "no key 'often'" in messages(problems)
    assert list(found.extensions) == ["x-xcaas-retry"]
    _, problems = with_keys("x-xcaas-pagnation: {}")
    assert "there is no key x-xcaas-pagnation" in messages(problems)


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
    assert result.document.extensions == {"x-xcaas-product": {"name": "storage", "console_name": "storage"}}
    assert model(result.document, "Fault").error == (("code", "/code"), ("message", "/fault"))
    assert "should be a mapping" in messages(read("x-xcaas-product: storage\npaths: {}").warnings)
