"""Request bodies and responses, by media type."""

from __future__ import annotations

import pytest

from tests.support.snippets import HEAD, fields, messages, operation, read, shown
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def post_operation(text: str, components: str = "{}") -> tuple[ir.Operation, ir.Document, tuple[Problem, ...]]:
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
    parsed, _, problems = post_operation(
        f"requestBody: {{content: {content}}}, responses: {{'204': {{description: ok}}}}"
    )
    return parsed.body, problems


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
def test_media_types_have_a_kind(content: str, expected: str) -> None:
    parsed, problems = body(content)
    assert parsed is not None
    assert not problems
    assert (
        ", ".join(f"{variant.media_type} {variant.kind} {shown(variant.type)}" for variant in parsed.variants)
        == expected
    )


def test_multipart_bodies_have_files_and_encodings() -> None:
    parsed, document, _ = post_operation(
        "requestBody: {required: true, x-xcaas-name: upload, description: Files., content: {multipart/form-data: {"
        "schema: {type: object, properties: {files: {type: array, items: {type: string, format: binary}}, meta: {type: object}}}, "
        "encoding: {meta: {contentType: application/json}, files: {style: form, explode: true}}}}}, "
        "responses: {'204': {description: ok}}"
    )
    assert parsed.body is not None
    assert (parsed.body.required, parsed.body.name, parsed.body.doc) == (True, "upload", "Files.")
    assert fields(document, "OpRequest") == {"files": "[bytes:binary]", "meta": "{any}"}
    assert parsed.body.variants[0].encoding == (
        ir.PartEncoding("files", None, "form", True),
        ir.PartEncoding("meta", "application/json"),
    )


FILES = """{Upload: {type: object, properties: {
  file: {type: string, format: binary}, files: {type: array, items: {type: string, format: binary}},
  more: {type: object, properties: {inner: {type: string, format: binary}}}}}}"""


def test_files_are_parts_of_forms_and_strings_in_json() -> None:
    upload = "{schema: {$ref: '#/components/schemas/Upload'}}"
    form = f"requestBody: {{content: {{multipart/form-data: {upload}}}}}, responses: {{'204': {{description: ok}}}}"
    _, document, _ = post_operation(form, f"{{schemas: {FILES}}}")
    assert fields(document, "Upload") == {"file": "bytes:binary", "files": "[bytes:binary]", "more": "UploadMore"}
    assert fields(document, "UploadMore") == {"inner": "str"}
    form_and_json = (
        f"requestBody: {{content: {{multipart/form-data: {upload}, application/json: {upload}}}}}, responses: {{}}"
    )
    _, document, _ = post_operation(form_and_json, f"{{schemas: {FILES}}}")
    assert fields(document, "Upload")["files"] == "[bytes:binary|str]"
    parsed, _ = body("{application/json: {schema: {type: string, format: binary}}}")
    assert parsed is not None
    assert [(variant.kind, shown(variant.type)) for variant in parsed.variants] == [
        ("json", "str"),
        ("binary", "bytes:binary"),
    ]


def test_byte_properties_of_multipart_are_sent_in_base64() -> None:
    seal = "{type: string, format: byte}"
    properties = f"{{seal: {seal}, seals: {{type: array, items: {seal}}}, name: {{type: string}}, new: {{type: string, contentEncoding: base64}}}}"
    parsed, problems = body(
        f"{{multipart/form-data: {{schema: {{properties: {properties}}}, encoding: {{seal: {{contentType: image/png}}}}}}}}"
    )
    assert not problems
    assert parsed is not None
    assert {part.wire: (part.content_type, part.base64) for part in parsed.variants[0].encoding} == {
        "seal": ("image/png", True),
        "seals": (None, True),
        "new": ("application/octet-stream", True),
    }


PARTS = """
  secret: {type: [string, 'null'], contentEncoding: base64url}
  seals: {type: array, items: {type: string, contentEncoding: base64, contentMediaType: image/png}}
  picture: {contentMediaType: image/png}
  stated: {contentMediaType: image/png}
  upload: {type: string, contentMediaType: application/octet-stream}
  settings: {type: string, contentMediaType: application/json}
  old: {type: string, format: byte}
  others: {type: object, properties: {x: {type: string, contentEncoding: base64}}}
"""


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "3.1.0",
            {
                "secret": "application/octet-stream",
                "seals": "image/png",
                "picture": "image/png",
                "stated": "image/webp",
            },
        ),
        ("3.0.3", {"stated": "image/webp"}),
    ],
)
def test_parts_have_the_media_type_of_their_schema_unless_their_encoding_has_one(
    version: str, expected: dict[str, str]
) -> None:
    properties = ", ".join(PARTS.strip().splitlines())
    form = f"{{schema: {{properties: {{{properties}}}}}, encoding: {{stated: {{contentType: image/webp}}}}}}"
    text = f"paths: {{/a: {{post: {{operationId: op, requestBody: {{content: {{multipart/form-data: {form}}}}}, responses: {{'204': {{description: ok}}}}}}}}}}"
    parsed = operation(read(text, head=HEAD.replace("3.1.0", version)).document, "op").body
    assert parsed is not None
    types = {part.wire: part.content_type for part in parsed.variants[0].encoding}
    assert {wire: media_type for wire, media_type in types.items() if media_type is not None} == expected


@pytest.mark.parametrize("media_type", ["application/xml; charset=utf-8", "text/csv"])
def test_objects_in_parts_of_other_formats_may_be_strings(media_type: str) -> None:
    properties = "{history: {type: object}, rows: {type: array, items: {type: integer}}, plain: {type: object}}"
    encoding = ", ".join(f"{name}: {{contentType: {media_type}}}" for name in ("history", "rows"))
    form = f"multipart/form-data: {{schema: {{type: object, properties: {properties}}}, encoding: {{{encoding}}}}}"
    _, document, problems = post_operation(
        f"requestBody: {{content: {{{form}}}}}, responses: {{'204': {{description: ok}}}}"
    )
    assert not problems, messages(problems)
    assert fields(document, "OpRequest") == {"history": "{any}|str", "rows": "[int]|str", "plain": "{any}"}


def test_unnamed_parts_have_encodings_by_position() -> None:
    parsed, problems = body(
        "{multipart/mixed: {itemSchema: {type: object}, prefixEncoding: [{contentType: application/json}, {contentType: image/png}], "
        "itemEncoding: {contentType: text/csv}}}"
    )
    assert not problems
    assert parsed is not None
    encodings = [(part.wire, part.content_type) for part in parsed.variants[0].encoding]
    assert encodings == [("0", "application/json"), ("1", "image/png"), ("", "text/csv")]


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: string, format: binary}", "bytes:binary"),
        ("{type: array, items: {type: string}}", "any"),
        ("{type: integer}", "any"),
    ],
)
def test_a_form_that_is_no_object_becomes_a_map(kind: str, schema: str, expected: str) -> None:
    parsed, problems = body(f"{{{kind}: {{schema: {schema}}}}}")
    assert "a form must be an object" in messages(problems)
    assert parsed is not None
    assert (
        shown(parsed.variants[0].type)
        == f"{{{expected if 'multipart' in kind else expected.replace('bytes:binary', 'str')}}}"
    )


def test_operations_with_nested_multipart_are_refused() -> None:
    text = "requestBody: {content: {multipart/form-data: {schema: {properties: {a: {}}}, encoding: {a: {contentType: multipart/mixed}}}}}"
    result = read(
        f"paths: {{/a: {{post: {{{text}, responses: {{}}}}, get: {{responses: {{}}}}}}}}\n"
        f"webhooks: {{w: {{post: {{{text}, responses: {{}}}}}}}}"
    )
    assert [refusal.reason for refusal in result.document.refused] == [
        "its part 'a' has parts of its own (multipart/mixed)"
    ]
    assert "the webhook 'w' was left out: its part 'a' has parts of its own" in messages(result.warnings)


def test_encodings_of_other_media_types_are_ignored() -> None:
    parsed, problems = body(f"{{application/json: {OBJECT[:-1]}, encoding: {{a: {{contentType: text/plain}}}}}}}}")
    assert not problems
    assert parsed is not None
    assert parsed.variants[0].encoding == ()


def test_bodies_and_responses_may_be_references() -> None:
    parsed, document, problems = post_operation(
        "requestBody: {$ref: '#/components/requestBodies/NewPet'}, responses: {'200': {$ref: '#/components/responses/PetResponse'}}",
        "{requestBodies: {NewPet: {content: {application/json: {schema: {type: object, properties: {a: {}}}}}}}, "
        "responses: {PetResponse: {description: '', content: {application/json: {schema: {type: object, properties: {b: {}}}}}}}}",
    )
    assert not problems
    assert parsed.body is not None
    assert shown(parsed.body.variants[0].type) == "NewPetRequest"
    assert sorted(model.name for model in document.models) == ["NewPetRequest", "PetResponse"]


BODY_MISTAKES = {
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


@pytest.mark.parametrize(("text", "expected", "message"), BODY_MISTAKES.values(), ids=BODY_MISTAKES.keys())
def test_mistakes_in_bodies_are_guessed_with_a_warning(text: str, expected: str, message: str) -> None:
    parsed, _, problems = post_operation(f"{text}, responses: {{'204': {{description: ok}}}}")
    variants = parsed.body.variants if parsed.body else ()
    assert ", ".join(f"{variant.media_type} {variant.kind} {shown(variant.type)}" for variant in variants) == expected
    assert message in messages(problems)


def responses(text: str) -> tuple[list[str], tuple[Problem, ...]]:
    parsed, _, problems = post_operation(f"responses: {text}")
    return [
        " ".join([response.status, *(f"{variant.kind} {shown(variant.type)}" for variant in response.variants)])
        for response in parsed.responses
    ], problems


RESPONSES = {
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


@pytest.mark.parametrize(("text", "expected"), RESPONSES.values(), ids=RESPONSES.keys())
def test_responses_are_read(text: str, expected: list[str]) -> None:
    result, problems = responses(text)
    assert not problems, messages(problems)
    assert result == expected


RESPONSE_MISTAKES: dict[str, tuple[str, list[str], str]] = {
    "a status with words": ("{200 OK: {description: ok}}", ["200"], "is not a status; 200"),
    "no status": ("{okay: {description: ok}}", [], "is not a status; the response was left out"),
    "nothing under a status": ("{'200': {content: {application/json: }}}", ["200 json any"], ""),
    "a schema of Swagger 2": ("{'200': {description: '', schema: {type: string}}}", ["200 json str"], "has no media type"),
    "a long number": ("{'1000': {description: ok}}", [], "is not a status; the response was left out"),
    "a list": ("[{description: ok}]", [], "should map statuses"),
    "empty": ("{}", [], "empty"),
    "a text": ("{'200': fine}", ["200"], "a response is expected"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "message"), RESPONSE_MISTAKES.values(), ids=RESPONSE_MISTAKES.keys())
def test_mistakes_in_responses_are_guessed_with_a_warning(text: str, expected: list[str], message: str) -> None:
    result, problems = responses(text)
    assert result == expected
    assert message in messages(problems)


def test_headers_of_responses_are_read() -> None:
    parsed, _, problems = post_operation(
        "responses: {'200': {description: '', headers: {X-Total: {schema: {type: integer}, description: All.}, "
        "Link: {$ref: '#/components/headers/Link'}, Content-Type: {schema: {type: string}}}}}",
        "{headers: {Link: {schema: {type: string}, required: true}}}",
    )
    assert not problems
    assert [
        (header.wire, shown(header.type), header.required, header.doc) for header in parsed.responses[0].headers
    ] == [
        ("Link", "str", True, ""),
        ("X-Total", "int", False, "All."),
    ]


def test_variable_headers_of_parts_are_reported_as_not_sent() -> None:
    headers = "headers: {Content-Type: {schema: {type: string}}, X-Scale: {schema: {type: integer}}}"
    _, problems = body(f"{{multipart/form-data: {{encoding: {{a: {{{headers}}}}}, {OBJECT[1:]}}}")
    assert messages(problems).count("the part 'a' is sent without the headers X-Scale") == 1


def test_constant_headers_of_parts_are_sent() -> None:
    headers = (
        "headers: {X-Const: {schema: {const: 7}}, X-Default: {schema: {type: boolean, default: true}}, "
        'X-Enum: {schema: {enum: [one]}}, X-Free: {schema: {enum: [a, b]}}, X-Odd: {schema: {const: "a\\r\\nb"}}}'
    )
    parsed, problems = body(f"{{multipart/form-data: {{encoding: {{a: {{{headers}}}}}, {OBJECT[1:]}}}")
    assert parsed is not None
    assert parsed.variants[0].encoding[0].headers == (("X-Const", "7"), ("X-Default", "true"), ("X-Enum", "one"))
    assert "is sent without the headers X-Free, X-Odd" in messages(problems)


@pytest.mark.parametrize(("media", "warned"), [("multipart/form-data", True), ("multipart/mixed", False)])
def test_a_list_is_a_warning_only_in_a_form(media: str, warned: bool) -> None:
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
def test_unspecific_media_types_are_the_default(content: str, expected: str) -> None:
    result, _ = body(content)
    assert result is not None
    assert result.variants[0].media_type == expected
