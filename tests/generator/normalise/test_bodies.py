"""Request bodies and answers under every kind of media type."""

from __future__ import annotations

import pytest

from tests.support.snippets import fields, messages, operation, read, shown
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def op(text: str, components: str = "{}") -> tuple[ir.Operation, ir.Document, tuple[Problem, ...]]:
    result = read(
        f"""
paths:
  /a:
    post: {{operationId: op, {text}}}
components: {components}
"""
    )
    return operation(result.document, "op"), result.document, result.warnings


def body(content: str) -> tuple[ir.Body | None, tuple[Problem, ...]]:
    found, _, problems = op(f"requestBody: {{content: {content}}}, responses: {{'204': {{description: ok}}}}")
    return found.body, problems


OBJECT = "{schema: {type: object, properties: {a: {type: string}}}}"
TEXT = "{schema: {type: string}}"
KINDS = {
    "json": (f"{{application/json: {OBJECT}}}", "application/json json OpRequest"),
    "json with charset": (f"{{'application/json; charset=utf-8': {OBJECT}}}", "application/json; charset=utf-8 json OpRequest"),
    "vendor json": (f"{{application/vnd.acme.v1+json: {OBJECT}}}", "application/vnd.acme.v1+json json OpRequest"),
    "form": (f"{{application/x-www-form-urlencoded: {OBJECT}}}", "application/x-www-form-urlencoded form OpRequest"),
    "multipart": (f"{{multipart/form-data: {OBJECT}}}", "multipart/form-data multipart OpRequest"),
    "xml": (f"{{application/xml: {OBJECT}}}", "application/xml xml OpRequest"),
    "text": (f"{{text/plain: {TEXT}}}", "text/plain text str"),
    "csv": (f"{{text/csv: {TEXT}}}", "text/csv text str"),
    "a number as text": ("{text/plain: {schema: {type: integer}}}", "text/plain text str:int64"),
    "a time as text": ("{text/plain: {schema: {type: string, format: date-time}}}", "text/plain text str:date-time"),
    "a list as text": ("{text/csv: {schema: {type: array, items: {type: integer}}}}", "text/csv text str"),
    "parts as one string": (f"{{multipart/mixed: {TEXT}}}", "multipart/mixed text str"),
    "parts as bytes": ("{multipart/mixed: {schema: {type: string, format: binary}}}", "multipart/mixed binary bytes:binary"),
    "a sequence of json": (f"{{application/json-seq: {OBJECT}}}", "application/json-seq text str"),
    "a stream of json": (f"{{application/stream+json: {OBJECT}}}", "application/stream+json text str"),
    "lines of json": (f"{{application/x-ndjson: {OBJECT}}}", "application/x-ndjson text str"),
    "binary": ("{application/octet-stream: {schema: {type: string, format: binary}}}", "application/octet-stream binary bytes:binary"),
    "binary without schema": ("{application/octet-stream: {}}", "application/octet-stream binary bytes:binary"),
    "image": (f"{{image/png: {TEXT}}}", "image/png binary bytes:binary"),
    "any": (f"{{'*/*': {OBJECT}}}", "*/* json OpRequest"),
    "any text": (f"{{'*/*': {TEXT}}}", "*/* text str"),
    "any binary": ("{'*/*': {schema: {type: string, format: binary}}}", "*/* binary bytes:binary"),
    "json without schema": ("{application/json: {}}", "application/json json any"),
    "unknown with an object": (f"{{application/foo: {OBJECT}}}", "application/foo json OpRequest"),
    "unknown": ("{application/foo: {}}", "application/foo binary bytes:binary"),
    "several": (
        f"{{application/xml: {OBJECT}, application/json: {OBJECT}}}",
        "application/json json OpRequest, application/xml xml OpRequest",
    ),
    "several that differ": (
        "{application/json: {schema: {type: object, properties: {a: {}}}}, "
        "multipart/form-data: {schema: {type: object, properties: {f: {type: string, format: binary}}}}}",
        "application/json json OpRequest, multipart/form-data multipart OpMultipartRequest",
    ),
    "text over an object": (f"{{text/plain: {OBJECT}}}", "text/plain json OpRequest, text/plain text str"),
    "text over bytes": (
        "{text/csv: {schema: {type: string, format: binary}}}",
        "text/csv binary bytes:binary, text/csv text str",
    ),
    "yaml over bytes": (
        "{application/yaml: {schema: {type: string, format: binary}}}",
        "application/yaml binary bytes:binary, application/yaml text str",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), KINDS.values(), ids=KINDS.keys())
def test_kind(content: str, expected: str) -> None:
    found, problems = body(content)
    assert found is not None
    assert not problems
    assert ", ".join(f"{one.media_type} {one.kind} {shown(one.type)}" for one in found.variants) == expected


def test_multipart_with_files_and_encodings() -> None:
    found, document, _ = op(
        "requestBody: {required: true, x-xcaas-name: upload, description: Files., content: {multipart/form-data: {"
        "schema: {type: object, properties: {files: {type: array, items: {type: string, format: binary}}, meta: {type: object}}}, "
        "encoding: {meta: {contentType: application/json}, files: {style: form, explode: true}}}}}, "
        "responses: {'204': {description: ok}}"
    )
    assert found.body is not None
    assert (found.body.required, found.body.name, found.body.doc) == (True, "upload", "Files.")
    assert fields(document, "OpRequest") == {"files": "[bytes:binary]", "meta": "{any}"}
    assert found.body.variants[0].encoding == (
        ir.PartEncoding("files", None, "form", True),
        ir.PartEncoding("meta", "application/json"),
    )


FILES = """{Upload: {type: object, properties: {
  file: {type: string, format: binary}, files: {type: array, items: {type: string, format: binary}},
  more: {type: object, properties: {inner: {type: string, format: binary}}}}}}"""


def test_files_are_parts_of_forms_and_strings_in_json() -> None:
    upload = "{schema: {$ref: '#/components/schemas/Upload'}}"
    alone = f"requestBody: {{content: {{multipart/form-data: {upload}}}}}, responses: {{'204': {{description: ok}}}}"
    _, document, _ = op(alone, f"{{schemas: {FILES}}}")
    assert fields(document, "Upload") == {"file": "bytes:binary", "files": "[bytes:binary]", "more": "UploadMore"}
    assert fields(document, "UploadMore") == {"inner": "str"}
    both = f"requestBody: {{content: {{multipart/form-data: {upload}, application/json: {upload}}}}}, responses: {{}}"
    _, document, _ = op(both, f"{{schemas: {FILES}}}")
    assert fields(document, "Upload")["files"] == "[bytes:binary|str]"
    found, _ = body("{application/json: {schema: {type: string, format: binary}}}")
    assert found is not None
    assert [(one.kind, shown(one.type)) for one in found.variants] == [("json", "str"), ("binary", "bytes:binary")]


def test_parts_in_base64() -> None:
    seal = "{type: string, format: byte}"
    properties = f"{{seal: {seal}, seals: {{type: array, items: {seal}}}, name: {{type: string}}, new: {{type: string, contentEncoding: base64}}}}"
    found, problems = body(
        f"{{multipart/form-data: {{schema: {{properties: {properties}}}, encoding: {{seal: {{contentType: image/png}}}}}}}}"
    )
    assert not problems
    assert found is not None
    assert {one.wire: (one.content_type, one.base64) for one in found.variants[0].encoding} == {
        "seal": ("image/png", True),
        "seals": (None, True),
        "new": (None, True),
    }


@pytest.mark.parametrize("media_type", ["application/xml; charset=utf-8", "text/csv"])
def test_objects_in_parts_of_other_formats_are_text_too(media_type: str) -> None:
    properties = "{history: {type: object}, rows: {type: array, items: {type: integer}}, plain: {type: object}}"
    encoding = ", ".join(f"{name}: {{contentType: {media_type}}}" for name in ("history", "rows"))
    form = f"multipart/form-data: {{schema: {{type: object, properties: {properties}}}, encoding: {{{encoding}}}}}"
    _, document, problems = op(f"requestBody: {{content: {{{form}}}}}, responses: {{'204': {{description: ok}}}}")
    assert not problems, messages(problems)
    assert fields(document, "OpRequest") == {"history": "{any}|str", "rows": "[int]|str", "plain": "{any}"}


def test_encodings_by_position() -> None:
    found, problems = body(
        "{multipart/mixed: {itemSchema: {type: object}, prefixEncoding: [{contentType: application/json}, {contentType: image/png}], "
        "itemEncoding: {contentType: text/csv}}}"
    )
    assert not problems
    assert found is not None
    listed = [(one.wire, one.content_type) for one in found.variants[0].encoding]
    assert listed == [("0", "application/json"), ("1", "image/png"), ("", "text/csv")]


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: string, format: binary}", "bytes:binary"),
        ("{type: array, items: {type: string}}", "any"),
        ("{type: integer}", "any"),
    ],
)
def test_a_form_is_an_object_whatever_is_said(kind: str, schema: str, expected: str) -> None:
    found, problems = body(f"{{{kind}: {{schema: {schema}}}}}")
    assert "a form must be an object" in messages(problems)
    assert found is not None
    assert (
        shown(found.variants[0].type)
        == f"{{{expected if 'multipart' in kind else expected.replace('bytes:binary', 'str')}}}"
    )


def test_parts_of_parts_are_refused() -> None:
    text = "requestBody: {content: {multipart/form-data: {schema: {properties: {a: {}}}, encoding: {a: {contentType: multipart/mixed}}}}}"
    result = read(
        f"paths: {{/a: {{post: {{{text}, responses: {{}}}}, get: {{responses: {{}}}}}}}}\n"
        f"webhooks: {{w: {{post: {{{text}, responses: {{}}}}}}}}"
    )
    assert [one.reason for one in result.document.refused] == ["its part 'a' has parts of its own (multipart/mixed)"]
    assert "the webhook 'w' was left out: its part 'a' has parts of its own" in messages(result.warnings)


def test_encodings_mean_nothing_elsewhere() -> None:
    found, problems = body(f"{{application/json: {OBJECT[:-1]}, encoding: {{a: {{contentType: text/plain}}}}}}}}")
    assert not problems
    assert found is not None
    assert found.variants[0].encoding == ()


def test_bodies_and_answers_by_reference() -> None:
    found, document, problems = op(
        "requestBody: {$ref: '#/components/requestBodies/NewPet'}, responses: {'200': {$ref: '#/components/responses/PetResponse'}}",
        "{requestBodies: {NewPet: {content: {application/json: {schema: {type: object, properties: {a: {}}}}}}}, "
        "responses: {PetResponse: {description: '', content: {application/json: {schema: {type: object, properties: {b: {}}}}}}}}",
    )
    assert not problems
    assert found.body is not None
    assert shown(found.body.variants[0].type) == "NewPetRequest"
    assert sorted(model.name for model in document.models) == ["NewPetRequest", "PetResponse"]


BODIES_GUESSED = {
    "no content": ("requestBody: {description: x}", "", "no content"),
    "a schema of Swagger 2": ("requestBody: {schema: {type: string}}", "application/json json str", "has no media type"),
    "a media type that is none": (f"requestBody: {{content: {{json: {OBJECT}}}}}", "application/json json OpRequest", "not a media type"),
    "media types that are none beside one that is": (
        f"requestBody: {{content: {{'*': {TEXT}, application/json: {OBJECT}, '': {{}}}}}}",
        "application/json json OpRequest",
        "is not a media type; it was left out beside application/json",
    ),
    "in body": ("parameters: [{in: body, name: b, schema: {type: integer}}]", "application/json json int", "Swagger 2"),
    "form data": ("parameters: [{in: formData, name: f, type: string}]", "application/x-www-form-urlencoded form OpRequest", "Swagger 2"),
    "form data with a file": ("parameters: [{in: formData, name: f, type: file}]", "multipart/form-data multipart OpRequest", "Swagger 2"),
    "a text": ("requestBody: nothing", "", "a request body is expected"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "message"), BODIES_GUESSED.values(), ids=BODIES_GUESSED.keys())
def test_bodies_guessed_with_a_warning(text: str, expected: str, message: str) -> None:
    found, _, problems = op(f"{text}, responses: {{'204': {{description: ok}}}}")
    variants = found.body.variants if found.body else ()
    assert ", ".join(f"{one.media_type} {one.kind} {shown(one.type)}" for one in variants) == expected
    assert message in messages(problems)


def answers(text: str) -> tuple[list[str], tuple[Problem, ...]]:
    found, _, problems = op(f"responses: {text}")
    return [
        " ".join([one.status, *(f"{variant.kind} {shown(variant.type)}" for variant in one.variants)])
        for one in found.responses
    ], problems


ANSWERS = {
    "empty": ("{'204': {description: ok}}", ["204"]),
    "integer keys": ("{200: {description: ok}, 404: {description: no}}", ["200", "404"]),
    "ranges and default": ("{2XX: {description: ok}, 4xx: {description: no}, default: {description: x}}", ["2XX", "4XX", "default"]),
    "binary": ("{'200': {description: '', content: {application/pdf: {schema: {type: string, format: binary}}}}}", ["200 binary bytes:binary"]),
    "a file under JSON": (
        "{'200': {description: '', content: {application/json: {schema: {type: string, format: binary}}, text/plain: {schema: {type: string, format: binary}}}}}",
        ["200 binary bytes:binary binary bytes:binary"],
    ),
    "vendor json": (f"{{'200': {{description: '', content: {{application/hal+json: {OBJECT}}}}}}}", ["200 json OpResponse"]),
    "anything": (f"{{'200': {{description: '', content: {{'*/*': {OBJECT}}}}}}}", ["200 json OpResponse"]),
    "events": ("{'200': {description: '', content: {text/event-stream: {schema: {type: object}}}}}", ["200 text str"]),
    "xml": (f"{{'200': {{description: '', content: {{application/xml: {OBJECT}}}}}}}", ["200 xml OpResponse"]),
    "text": ("{'200': {description: '', content: {text/plain: {}}}}", ["200 text str"]),
    "a number as text": ("{'200': {description: '', content: {text/plain: {schema: {type: number}}}}}", ["200 text str:double"]),
    "no body allowed": (f"{{'204': {{description: '', content: {{application/json: {OBJECT}}}}}}}", ["204"]),
    "json before text": (
        "{'200': {description: '', content: {text/plain: {schema: {type: string}}, application/json: {schema: {type: integer}}}}}",
        ["200 json int text str"],
    ),
    "items of a stream": ("{'200': {description: '', content: {application/json: {itemSchema: {type: integer}}}}}", ["200 json [int]"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answer(text: str, expected: list[str]) -> None:
    found, problems = answers(text)
    assert not problems, messages(problems)
    assert found == expected


ANSWERS_GUESSED: dict[str, tuple[str, list[str], str]] = {
    "a status with words": ("{200 OK: {description: ok}}", ["200"], "is not a status; 200"),
    "no status": ("{okay: {description: ok}}", [], "is not a status; the response was left out"),
    "nothing under a status": ("{'200': {content: {application/json: }}}", ["200 json any"], ""),
    "a schema of Swagger 2": ("{'200': {description: '', schema: {type: string}}}", ["200 json str"], "has no media type"),
    "a long number": ("{'1000': {description: ok}}", [], "is not a status; the response was left out"),
    "a list": ("[{description: ok}]", [], "should map statuses"),
    "empty": ("{}", [], "empty"),
    "a text": ("{'200': fine}", ["200"], "a response is expected"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "message"), ANSWERS_GUESSED.values(), ids=ANSWERS_GUESSED.keys())
def test_answers_guessed_with_a_warning(text: str, expected: list[str], message: str) -> None:
    found, problems = answers(text)
    assert found == expected
    assert message in messages(problems)


def test_headers_of_an_answer() -> None:
    found, _, problems = op(
        "responses: {'200': {description: '', headers: {X-Total: {schema: {type: integer}, description: All.}, "
        "Link: {$ref: '#/components/headers/Link'}, Content-Type: {schema: {type: string}}}}}",
        "{headers: {Link: {schema: {type: string}, required: true}}}",
    )
    assert not problems
    assert [(one.wire, shown(one.type), one.required, one.doc) for one in found.responses[0].headers] == [
        ("Link", "str", True, ""),
        ("X-Total", "int", False, "All."),
    ]


def test_headers_of_parts_are_named_as_not_sent() -> None:
    headers = "headers: {Content-Type: {schema: {type: string}}, X-Scale: {schema: {type: integer}}}"
    _, problems = body(f"{{multipart/form-data: {{encoding: {{a: {{{headers}}}}}, {OBJECT[1:]}}}")
    assert messages(problems).count("the part 'a' is sent without the headers X-Scale") == 1


def test_headers_of_parts_whose_values_are_fixed_are_sent() -> None:
    headers = (
        "headers: {X-Const: {schema: {const: 7}}, X-Default: {schema: {type: boolean, default: true}}, "
        'X-Enum: {schema: {enum: [one]}}, X-Free: {schema: {enum: [a, b]}}, X-Odd: {schema: {const: "a\\r\\nb"}}}'
    )
    found, problems = body(f"{{multipart/form-data: {{encoding: {{a: {{{headers}}}}}, {OBJECT[1:]}}}")
    assert found is not None
    assert found.variants[0].encoding[0].headers == (("X-Const", "7"), ("X-Default", "true"), ("X-Enum", "one"))
    assert "is sent without the headers X-Free, X-Odd" in messages(problems)


@pytest.mark.parametrize(("media", "warned"), [("multipart/form-data", True), ("multipart/mixed", False)])
def test_a_list_in_a_form_is_a_warning(media: str, warned: bool) -> None:
    _, problems = body(f"{{{media}: {{schema: {{type: array, items: {{type: object}}}}}}}}")
    assert ("a form must be an object" in messages(problems)) is warned


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{application/gzip: {}, application/octet-stream: {}}", "application/octet-stream"),
        (f"{{application/x-ndjson: {TEXT}, text/plain: {TEXT}}}", "text/plain"),
        (f"{{image/*: {{}}, text/plain: {TEXT}, application/json: {OBJECT}}}", "application/json"),
    ],
)
def test_what_says_nothing_of_a_file_or_text_is_what_goes_out_by_default(content: str, expected: str) -> None:
    found, _ = body(content)
    assert found is not None
    assert found.variants[0].media_type == expected
