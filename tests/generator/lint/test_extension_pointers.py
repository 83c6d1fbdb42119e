"""House rule: targets of `x-xcaas-*` keys exist; problems have a location and a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.snippets import messages
from xcaas_generator.lint.rules import house_rules, lint
from xcaas_generator.read import read_document

VALID = """
openapi: 3.1.1
info: {title: Jobs, version: '1'}
tags: [{name: jobs, description: Jobs.}]
servers:
  - url: https://api.test/{region}
    variables: {region: {default: us, enum: [us, uk], x-xcaas-from: region}}
paths:
  /jobs:
    get:
      operationId: listJobs
      tags: [jobs]
      summary: List jobs
      description: Walks through jobs.
      x-xcaas-resource: {path: jobs, verb: list}
      x-xcaas-pagination:
        style: cursor
        parameter: after
        items: /page/jobs
        next: {body: /page/next}
        last: [{header: X-Last, equals: 'yes'}, {body: /page/more, equals: false}]
      x-xcaas-slices: {start: day, end: day, key: /id, time: /digest, total: /page/more}
      parameters:
        - {name: after, in: query, description: Where to go on., schema: {type: string}}
        - {name: day, in: query, description: Which day., x-xcaas-zone: zone, schema: {type: string, format: date}}
        - {name: zone, in: query, description: Which zone., schema: {type: string}}
      responses:
        '200':
          description: A page.
          headers: {X-Last: {description: Whether it is the last., schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/JobPage'}}}
    post:
      operationId: startJob
      tags: [jobs]
      summary: Start a job
      description: It goes on for a while.
      x-xcaas-resource: {path: jobs, verb: start}
      x-xcaas-poller:
        verb: run
        id: /id
        status: {operation: getJob, parameter: id, value: /state, done: [DONE], failed: [FAILED], reason: /why/0/text}
      responses:
        '200':
          description: The job.
          content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}
  /jobs/{id}:
    parameters:
      - {name: id, in: path, required: true, description: The job., schema: {type: string}}
    get:
      operationId: getJob
      tags: [jobs]
      summary: Get a job
      description: How it stands.
      x-xcaas-resource: {path: jobs, verb: get}
      responses:
        '200':
          description: The job.
          content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}
        '404':
          description: No such job.
          content: {application/json: {schema: {$ref: '#/components/schemas/JobError'}}}
  /jobs/{id}/file:
    parameters:
      - {name: id, in: path, required: true, description: The job., schema: {type: string}}
    get:
      operationId: fetchJob
      tags: [jobs]
      summary: Fetch the file
      description: What came of it.
      x-xcaas-resource: {path: jobs, verb: fetch}
      x-xcaas-download: {checksum: {operation: getJob, parameter: id, value: /digest}}
      responses:
        '200':
          description: The file.
          content: {application/zip: {schema: {type: string, format: binary}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-xcaas-credential: api-key}
  schemas:
    JobPage:
      type: object
      description: A page.
      properties:
        page:
          title: JobPart
          type: object
          description: The page itself.
          properties:
            jobs: {type: array, description: The jobs., items: {$ref: '#/components/schemas/Job'}}
            next: {type: string, description: Where to go on.}
            more: {type: boolean, description: Whether there is more.}
    Job:
      type: object
      description: A job.
      properties:
        id: {type: string, description: Its name.}
        state: {$ref: '#/components/schemas/JobState'}
        digest: {type: string, description: Its digest.}
        why: {type: array, description: What is wrong., items: {$ref: '#/components/schemas/Reason'}}
    Reason:
      type: object
      description: A reason.
      properties: {text: {type: string, description: In words.}}
    JobState:
      type: string
      description: How a job stands.
      enum: [RUNNING, DONE, FAILED]
    JobError:
      type: object
      description: What went wrong.
      x-xcaas-error: {message: /reason}
      properties: {reason: {type: string, description: In words.}}
"""
GET, START = "#/paths/~1jobs/get/x-xcaas-pagination", "#/paths/~1jobs/post/x-xcaas-poller"


def write_spec(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert VALID.count(old) == 1 or not old
    path = tmp_path / "jobs.yaml"
    path.write_text(VALID.replace(old, new) if old else VALID, encoding="utf-8")
    return path


def test_a_valid_spec_has_no_problems(tmp_path: Path) -> None:
    assert messages(lint(write_spec(tmp_path))) == ""


CASES = {
    "items": ("items: /page/jobs", "items: /page/job", f"nothing at '/page/job' (at {GET}/items). Did you mean '/page/jobs'?"),
    "items that are no list": ("items: /page/jobs", "items: /page/next", f"'/page/next' is not a list in the response of 'listJobs' (at {GET}/items)"),
    "next": ("/page/next}", "/page/nxt}", f"nothing at '/page/nxt' (at {GET}/next/body). Did you mean '/page/next'?"),
    "last in the body": ("/page/more,", "/pages/more,", f"nothing at '/pages/more' (at {GET}/last/1/body)"),
    "last in a header": ("header: X-Last", "header: X-Lats", f"declares no header 'X-Lats' (at {GET}/last/0/header). Did you mean 'X-Last'?"),
    "id of a job": ("id: /id", "id: /name", f"the response of 'startJob' has nothing at '/name' (at {START}/id). Choose from '/id', '/state', '/digest', …."),
    "state": ("value: /state", "value: /status", f"the response of 'getJob' has nothing at '/status' (at {START}/status/value). Did you mean '/state'?"),
    "reason": ("/why/0/text", "/why/0/txt", f"nothing at '/why/0/txt' (at {START}/status/reason). Did you mean '/why/0/text'?"),
    "a state that is none": ("done: [DONE]", "done: [DNOE]", f"'DNOE' under 'done' is not a value of '/state' (at {START}/status/done). Did you mean 'DONE'?"),
    "another one": ("failed: [FAILED]", "failed: [Failed]", f"'Failed' under 'failed' is not a value of '/state' (at {START}/status/failed). Did you mean 'FAILED'?"),
    "checksum": ("value: /digest", "value: /digset", "nothing at '/digset' (at #/paths/~1jobs~1{id}~1file/get/x-xcaas-download/checksum/value). Did you mean '/digest'?"),
    "key of slices": ("key: /id", "key: /ib", "an item of 'listJobs' has nothing at '/ib' (at #/paths/~1jobs/get/x-xcaas-slices/key). Did you mean '/id'?"),
    "time of slices": ("time: /digest", "time: /digset", "nothing at '/digset' (at #/paths/~1jobs/get/x-xcaas-slices/time). Did you mean '/digest'?"),
    "total of slices": ("total: /page/more", "total: /page/mroe", "nothing at '/page/mroe' (at #/paths/~1jobs/get/x-xcaas-slices/total). Did you mean '/page/more'?"),
    "setting": ("x-xcaas-from: region", "x-xcaas-from: regoin", "no setting 'regoin' for x-xcaas-from (at #/servers/0/variables/region/x-xcaas-from). Did you mean 'region'?"),
    "credential": ("x-xcaas-credential: api-key", "x-xcaas-credential: api-kye", "no credential 'api-kye' for x-xcaas-credential (at #/components/securitySchemes/key/x-xcaas-credential). Did you mean 'api-key'?"),
    "zone": ("x-xcaas-zone: zone", "x-xcaas-zone: zoen", "names no parameter of 'listJobs': 'zoen' (at #/paths/~1jobs/get/parameters/1). Did you mean 'zone'?"),
    "error": ("message: /reason", "message: /raeson", "the error 'JobError' has nothing at '/raeson' (at #/components/schemas/JobError/x-xcaas-error/message). Did you mean '/reason'?"),
    "verb of a poller": ("verb: run", "verb: get", "jobs.get is already the operation at #/paths/~1jobs/post"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES.values(), ids=CASES.keys())
def test_missing_targets_are_reported(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = write_spec(tmp_path, old, new)
    problems = lint(path)
    assert message in messages(problems)
    assert all(problem.line for problem in problems)
    # `xcaas-gen generate` checks the same rules.
    document = read_document(path, name="jobs", strict=False).document
    assert message in messages(house_rules(path, document))


def test_a_poller_without_an_id_needs_a_parameter(tmp_path: Path) -> None:
    problems = messages(lint(write_spec(tmp_path, "        id: /id\n", "")))
    assert "without 'id' the operation needs the parameter 'id' itself" in problems
