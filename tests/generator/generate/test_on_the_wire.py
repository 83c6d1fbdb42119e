"""Packages built from small documents, and called: what is sent, what is returned, and annotations."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.support.origin import Origin, StubResponse, serving
from xcaas_core import ConfigurationError, NotFoundError
from xcaas_generator.cli import main

HEAD = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://h.example/2.0'}]\n"
THING = """
components:
  schemas:
    Thing: {type: object, required: [name], properties: {name: {type: string}}}
"""
ID = "parameters: [{name: id, in: path, required: true, schema: {type: string}}]"
OK = "description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}"


class Builder:
    """Builds packages with different names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clients: list[Any] = []

    def client(self, name: str, text: str, origin: Origin, head: str = HEAD) -> Any:
        source = self._folder / f"{name}.yaml"
        source.write_text(head + dedent(text), "utf-8")
        assert main(["-q", "build", str(source), "--package", name, "--out", str(self._folder)]) == 0
        importlib.invalidate_caches()
        self.clients.append(importlib.import_module(name).Client(base_url=origin.url, retries=0))
        return self.clients[-1]


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Builder]:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    package_builder = Builder(tmp_path)
    yield package_builder
    for client in package_builder.clients:
        client.close()


def return_annotation(method: Callable[..., object]) -> str:
    return str(inspect.signature(method).return_annotation)


def test_successes_with_and_without_a_body_return_optional_models(builder: Builder) -> None:
    text = (
        f"paths:\n  /things/{{id}}:\n    {ID}\n"
        f"    delete: {{responses: {{'200': {{{OK}}}, '204': {{description: was not there}}}}}}\n"
        f"    get: {{responses: {{'200': {{{OK}}}, '304': {{description: not modified}}}}}}\n{THING}"
    )
    with serving(
        StubResponse(204, b"", kind=None), StubResponse(200, b'{"name": "a"}'), StubResponse(304, b"", kind=None)
    ) as origin:
        things = builder.client("wire_empty", text, origin).things
        assert return_annotation(things.delete) == "_models.Thing | None"
        assert things.delete("a") is None
        assert things.delete("a").name == "a"
        assert return_annotation(things.get) == "_models.Thing | None"
        assert things.get("a") is None


def test_a_documented_redirect_is_a_response(builder: Builder) -> None:
    text = "paths: {/start: {post: {tags: [jobs], operationId: start, responses: {'303': {description: there}}}}}"
    with serving(StubResponse(303, b"", kind=None, headers=("Location: /jobs/1",))) as origin:
        client = builder.client("wire_redirect", text, origin)
        assert return_annotation(client.jobs.start) == "None"
        assert client.jobs.start() is None
        assert client.raw(client.jobs.start).headers["location"] == "/jobs/1"


def test_head_returns_none(builder: Builder) -> None:
    text = (
        f"paths:\n  /things/{{id}}:\n    head:\n      {ID}\n"
        f"      responses: {{'200': {{{OK}}}, '404': {{description: does not}}}}\n{THING}"
    )
    with serving(StubResponse(200, b""), StubResponse(404, b"")) as origin:
        things = builder.client("wire_head", text, origin).things
        assert return_annotation(things.head) == "None"
        assert things.head("a") is None
        with pytest.raises(NotFoundError):
            things.head("a")


def test_fragments_are_not_sent_and_fixed_queries_are(builder: Builder) -> None:
    text = """
    paths:
      /files/{id}#add_link:
        put:
          tags: [files]
          operationId: addLink
          parameters:
            - {name: id, in: path, required: true, schema: {type: string}}
            - {name: fields, in: query, required: true, schema: {type: string}}
          responses: {"204": {description: ok}}
      /items?beta=true&kind={kind}:
        get:
          tags: [items]
          operationId: listItems
          parameters:
            - {name: limit, in: query, schema: {type: integer}}
            - {name: beta, in: query, schema: {type: boolean}}
            - {name: kind, in: query, schema: {type: string}}
          responses: {"204": {description: ok}}
    """
    with serving(StubResponse(204, b"", kind=None)) as origin:
        client = builder.client("wire_paths", text, origin)
        client.files.add_link("1", fields="a")
        client.items.list(limit=7, kind="x")
        assert [item.target for item in origin.seen] == ["/2.0/files/1?fields=a", "/2.0/items?beta=true&limit=7&kind=x"]


def test_empty_forms_have_a_content_type(builder: Builder) -> None:
    form = "schema: {type: object, properties: {a: {type: string}}}"
    text = (
        "paths:\n"
        f"  /a: {{post: {{tags: [f], operationId: sendA, requestBody: {{required: true, content: {{multipart/form-data: {{{form}}}}}}}, responses: {{'204': {{description: ok}}}}}}}}\n"
        f"  /b: {{post: {{tags: [f], operationId: sendB, requestBody: {{required: true, content: {{application/x-www-form-urlencoded: {{{form}}}}}}}, responses: {{'204': {{description: ok}}}}}}}}\n"
    )
    with serving(StubResponse(204, b"", kind=None)) as origin:
        forms = builder.client("wire_form", text, origin).f
        forms.send_a(body={})
        forms.send_b(body={})
        parts, pairs = origin.seen
    kind, _, boundary = parts.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    assert parts.body == f"--{boundary}--\r\n".encode()
    assert pairs.headers["content-type"] == "application/x-www-form-urlencoded"
    assert pairs.body == b""


def test_headers_of_http_are_no_arguments(builder: Builder) -> None:
    text = """
    paths:
      /flows:
        post:
          parameters:
            - {name: Content-Length, in: header, required: true, schema: {type: integer}}
            - {name: Host, in: header, schema: {type: string}}
          requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
          responses: {"204": {description: ok}}
      /backup:
        get:
          parameters: [{name: Accept-Encoding, in: header, schema: {type: string}}]
          responses:
            "200": {description: ok, content: {application/octet-stream: {schema: {type: string, format: binary}}}}
    """
    with serving(StubResponse(204, b"", kind=None), StubResponse(200, b"x", kind="application/octet-stream")) as origin:
        client = builder.client("wire_headers", text, origin)
        assert list(inspect.signature(client.flows.post).parameters) == ["body"]
        client.flows.post(body={"a": "x"})
        assert client.backup.get(accept_encoding="gzip").read() == b"x"
        assert client.backup.get().read() == b"x"
        assert [item.headers["accept-encoding"] for item in origin.seen[1:]] == ["gzip", "identity"]


def test_all_media_types_of_a_success_are_accepted(builder: Builder) -> None:
    text = """
    paths:
      /videos:
        get:
          responses:
            "200":
              description: the file
              content:
                video/mp4: {schema: {type: string, format: binary}}
                application/json: {schema: {type: string}}
      /same:
        get:
          responses:
            "200":
              description: one thing in several forms
              content:
                application/cbor: {schema: {$ref: '#/components/schemas/Thing'}}
                application/xml: {schema: {$ref: '#/components/schemas/Thing'}}
                application/json: {schema: {$ref: '#/components/schemas/Thing'}}
      /binary:
        get:
          responses:
            "200": {description: ok, content: {application/x-protobuf: {schema: {$ref: '#/components/schemas/Thing'}}}}
    components:
      schemas:
        Thing: {type: object, properties: {name: {type: string}}}
    """
    responses = (
        *(StubResponse(200, b"film", kind="video/mp4"), StubResponse(200, b'"text"'), StubResponse(200, b"{}")),
        StubResponse(200, b"\x08\x01", kind="application/x-protobuf"),
    )
    with serving(*responses) as origin:
        client = builder.client("wire_types", text, origin)
        assert client.videos.get() == b"film"
        assert client.videos.get(accept="application/json") == "text"
        assert return_annotation(client.same.get) == "_models.Thing"
        client.same.get()
        assert client.binary.get().read() == b"\x08\x01"
        assert [item.headers["accept"] for item in origin.seen] == [
            *("video/mp4, application/json", "application/json", "application/json", "application/x-protobuf")
        ]


def test_bodies_are_sent_with_a_concrete_media_type(builder: Builder) -> None:
    thing, string = "{$ref: '#/components/schemas/Thing'}", "{type: string}"
    file = "{type: string, format: binary}"
    ranges = (("*/*", thing), ("application/*+json", thing), ("text/*", string), ("image/*", file), ("*/*", file))
    items = "".join(
        f"  /{index}: {{post: {{tags: [t], operationId: send{index}, requestBody: {{required: true, content: {{'{kind}': {{schema: {schema}}}}}}}, responses: {{'204': {{description: ok}}}}}}}}\n"
        for index, (kind, schema) in enumerate(ranges)
    )
    bodies: tuple[object, ...] = ({"name": "a"}, {"name": "a"}, "text", b"x", b"x")
    with serving(StubResponse(204, b"", kind=None)) as origin:
        resource = builder.client("wire_ranges", f"paths:\n{items}{THING}", origin).t
        for index, body in enumerate(bodies):
            getattr(resource, f"send{index}")(body=body)
        resource.send3(body=b"x", content_type="image/png")
        kinds = [item.headers["content-type"].partition(";")[0] for item in origin.seen]
    assert kinds == ["application/json"] * 2 + ["text/plain"] + ["application/octet-stream"] * 2 + ["image/png"]


def test_a_nullable_object_in_a_union_is_read(builder: Builder) -> None:
    text = """
    paths: {/v: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/V'}}}}}}}}
    components:
      schemas:
        V:
          type: object
          required: [value]
          properties: {value: {anyOf: [{type: string}, {type: number}, {type: object, nullable: true}]}}
    """
    bodies = (b'{"value": {"a": 1}}', b'{"value": null}', b'{"value": "x"}', b'{"value": 1}')
    with serving(*(StubResponse(200, body) for body in bodies)) as origin:
        resource = builder.client("wire_nullable", text, origin).v
        assert [resource.get().value for _ in bodies] == [{"a": 1}, None, "x", 1]


HIERARCHY = """
paths:
  /r: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Rule'}}}}}}}}
components:
  schemas:
    Rule:
      type: object
      required: [type, seconds]
      discriminator: {propertyName: type}
      properties: {type: {type: string, enum: [daily, weekly]}, seconds: {type: integer}}
    WeeklyRule:
      allOf:
        - {$ref: '#/components/schemas/Rule'}
        - {type: object, required: [day], properties: {type: {type: string, enum: [weekly]}, day: {type: integer}}}
"""


def test_kinds_without_a_class_become_the_base_class(builder: Builder) -> None:
    body = b"""[{"type": "weekly", "seconds": 5, "day": 1}, {"type": "daily", "seconds": 5}, {"type": "new", "seconds": 5},
        {"type": "new"}]"""
    with serving(StubResponse(200, body)) as origin:
        result = builder.client("wire_hierarchy", HIERARCHY, origin).r.get()
    assert [type(item).__name__ for item in result] == ["WeeklyRule", "Rule", "Rule", "UnknownModel"]
    assert result[1].seconds == 5


SHARED_TAG = """
paths:
  /talks:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {items: {type: array, items: {$ref: '#/components/schemas/Item'}}}}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}}}
components:
  schemas:
    Item:
      oneOf: [{$ref: '#/components/schemas/Short'}, {$ref: '#/components/schemas/Inner'}]
      discriminator: {propertyName: type}
    Inner:
      oneOf: [{$ref: '#/components/schemas/Long'}, {$ref: '#/components/schemas/Tool'}]
      discriminator: {propertyName: type}
    Short: {type: object, required: [text], properties: {type: {type: string, enum: [message]}, text: {type: string}}}
    Long: {type: object, required: [parts], properties: {type: {type: string, enum: [message]}, parts: {type: array, items: {type: string}}}}
    Tool: {type: object, required: [type, name], properties: {type: {type: string, enum: [tool]}, name: {type: string}}}
"""


def test_variants_with_a_shared_tag_are_chosen_by_shape(builder: Builder) -> None:
    body = b"""[{"type": "message", "text": "a"}, {"text": "a"}, {"type": "message", "parts": ["a"]}, {"type": "tool", "name": "a"}]"""
    with serving(StubResponse(200, body)) as origin:
        talks = builder.client("wire_shared_tag", SHARED_TAG, origin).talks
        result = getattr(talks, next(name for name in dir(talks) if not name.startswith("_")))(
            body={"items": [{"type": "message", "text": "hi"}]}
        )
        assert origin.seen[0].body == b'{"items":[{"type":"message","text":"hi"}]}'
    assert [type(item).__name__ for item in result] == ["Short", "Short", "Long", "Tool"]


SHAPES = """
paths:
  /shapes: {post: {tags: [shapes], operationId: make, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Shape'}}}}, responses: {"204": {description: none}}}}
components:
  schemas:
    Shape:
      oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}, {$ref: '#/components/schemas/Line'}]
      discriminator: {propertyName: kind}
    Circle: {type: object, properties: {kind: {type: string, const: circle, default: circle}}}
    Square: {type: object, properties: {kind: {type: string, enum: [square], default: square}, unit: {const: cm}}}
    Line: {type: object, properties: {kind: {const: line}, own: {const: x, default: x, readOnly: true}}}
"""


def test_optional_properties_with_one_value_are_sent_if_they_are_the_default_or_the_tag(builder: Builder) -> None:
    with serving(StubResponse(204)) as origin:
        client = builder.client("wire_shapes", SHAPES, origin, HEAD.replace("3.0.3", "3.1.0"))
        models = importlib.import_module("wire_shapes.models")
        for cls in (models.Circle, models.Square, models.Line):
            client.shapes.make(body=cls())
        assert [request.body for request in origin.seen] == [
            b'{"kind":"circle"}',
            b'{"kind":"square"}',
            b'{"kind":"line"}',
        ]


def test_integers_beyond_64_bits_are_no_literals(builder: Builder, tmp_path: Path) -> None:
    text = """
    paths: {/v: {get: {responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/V'}}}}}}}}
    components: {schemas: {V: {type: object, properties: {v: {type: integer, enum: [18446744073709551616, 5]}}}}}
    """
    with serving(StubResponse(200, b'{"v": 18446744073709551616}')) as origin:
        assert builder.client("wire_integers", text, origin).v.get().v == 2**64
    assert "Literal[5] | int" in (tmp_path / "wire_integers" / "models" / "_vv.py").read_text("utf-8")


SERVERS = """
paths:
  /a: {get: {tags: [t], operationId: a, responses: {"204": {description: none}}}}
  /b:
    servers: [{url: 'https://up.example/up', description: Uploads}, {url: 'https://up.example/eu', description: Europe}]
    get: {tags: [t], operationId: b, responses: {"204": {description: none}}}
"""


def test_servers_can_be_chosen(builder: Builder) -> None:
    head = HEAD.replace(
        "[{url: 'https://h.example/2.0'}]",
        "[{url: 'https://h.example/v1', description: Production}, {url: 'https://test.example/test/api', description: Test}]",
    )
    with serving(StubResponse(204, b"", kind=None)) as origin:
        client = builder.client("wire_servers", SERVERS, origin, head=head)
        for option in (None, 0, 1, "test", "https://test.example/test/api/"):
            configured = client.with_options(server=option)
            configured.t.a()
            configured.t.b()
        europe = client.with_options(server="Europe")
        europe.t.b()
        with pytest.raises(ConfigurationError, match="has no server 'Europe'") as caught:
            europe.t.a()
        assert "0 (Production), 1 (Test)" in (caught.value.advice or "")
        client.with_options(base_url=f"{origin.url}/test/api").t.a()
        with pytest.raises(ConfigurationError, match="has no server 2"):
            client.with_options(server=2).t.a()
        with pytest.raises(ConfigurationError, match="server must be an index"):
            client.with_options(server=-1)
    assert [item.target for item in origin.seen] == [
        *("/v1/a", "/up/b", "/v1/a", "/up/b", "/test/api/a", "/eu/b"),
        *("/test/api/a", "/up/b", "/test/api/a", "/up/b", "/eu/b", "/test/api/a"),
    ]


@pytest.mark.parametrize(
    ("url", "target"), [("./v1", "/other/v1/x"), ("../v1", "/v1/x"), ("v1", "/other/v1/x"), ("/v1", "/other/v1/x")]
)
def test_relative_servers_are_resolved(builder: Builder, url: str, target: str) -> None:
    text = "paths: {/x: {get: {tags: [t], operationId: x, responses: {'204': {description: none}}}}}"
    head = HEAD.replace("https://h.example/2.0", url)
    name = "wire_relative_" + url.replace(".", "d").replace("/", "s")
    with serving(StubResponse(204, b"", kind=None)) as origin:
        client = builder.client(name, text, origin, head=head)
        client.with_options(base_url=f"{origin.url}/other").t.x()
        assert origin.seen[0].target == target
