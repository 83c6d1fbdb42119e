"""Parameters: location, style, and mistakes in their declaration."""

from __future__ import annotations

import pytest

from tests.support.snippets import messages, operation, read, shown
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def parameters(text: str, path: str = "/a", more: str = "") -> tuple[tuple[ir.Parameter, ...], tuple[Problem, ...]]:
    """Return the parameters of an operation; `text` is the YAML of `parameters`."""
    result = read(
        f"""
paths:
  '{path}':
    get:
      operationId: op
      parameters: {text}
      responses: {{'200': {{description: ok}}}}
{more}
"""
    )
    return operation(result.document, "op").parameters, result.warnings


STYLES = {
    "query list": ("{name: q, in: query, schema: {type: array, items: {type: string}}}", "[str]", "form", True),
    "comma list": ("{name: q, in: query, explode: false, schema: {type: array, items: {type: string}}}", "[str]", "form", False),
    "pipes": ("{name: q, in: query, style: pipeDelimited, schema: {type: array, items: {}}}", "[any]", "pipeDelimited", False),
    "spaces": ("{name: q, in: query, style: spaceDelimited, schema: {type: array}}", "[any]", "spaceDelimited", False),
    "deep": (
        "{name: q, in: query, style: deepObject, schema: {type: object, additionalProperties: {type: string}}}",
        "{str}", "deepObject", True,
    ),
    "header": ("{name: q, in: header, schema: {type: array, items: {type: integer}}}", "[int]", "simple", False),
    "cookie": ("{name: q, in: cookie, schema: {type: string}}", "str", "form", True),
    "object": ("{name: q, in: query, schema: {type: object, properties: {a: {type: integer}}}}", "OpQ", "form", True),
}  # fmt: skip


@pytest.mark.parametrize(("text", "type_", "style", "explode"), STYLES.values(), ids=STYLES.keys())
def test_styles_are_read(text: str, type_: str, style: str, explode: bool) -> None:
    (parameter,), problems = parameters(f"[{text}]")
    assert not problems
    assert (shown(parameter.type), parameter.style, parameter.explode) == (type_, style, explode)


@pytest.mark.parametrize(("style", "explode"), [("matrix", True), ("label", False), ("simple", False)])
def test_path_styles_are_read(style: str, explode: bool) -> None:
    text = f"[{{name: id, in: path, required: true, style: {style}, explode: {str(explode).lower()}, schema: {{type: string}}}}]"
    (parameter,), problems = parameters(text, "/a/{id}")
    assert not problems
    assert (parameter.style, parameter.explode, parameter.required) == (style, explode, True)


def test_content_may_replace_the_schema() -> None:
    (parameter,), _ = parameters("[{name: q, in: query, content: {application/json: {schema: {type: object}}}}]")
    assert (shown(parameter.type), parameter.media_type) == ("{any}", "application/json")


def test_annotations_are_read() -> None:
    (parameter,), _ = parameters(
        "[{name: q, in: query, description: Words., deprecated: true, allowReserved: true, example: x,"
        " x-xcaas-from: tenant, schema: {type: [string, 'null'], default: y, maxLength: 3}}]"
    )
    assert (parameter.doc, parameter.deprecated, parameter.allow_reserved, parameter.example, parameter.source) == (
        "Words.",
        True,
        True,
        "x",
        "tenant",
    )
    assert (parameter.default, parameter.has_default, parameter.nullable, parameter.limits) == (
        "y",
        True,
        True,
        (("maxLength", 3),),
    )


def test_parameters_in_path_and_query_may_share_a_name() -> None:
    result, problems = parameters(
        "[{name: id, in: query, schema: {type: string}}, {name: id, in: path, required: true, schema: {type: integer}}]",
        "/a/{id}",
    )
    assert not problems
    assert [(item.location, shown(item.type)) for item in result] == [("path", "int"), ("query", "str")]


def test_path_parameters_are_in_the_order_of_the_template() -> None:
    result, _ = parameters(
        "[{name: b, in: path, required: true, schema: {}}, {name: a, in: path, required: true, schema: {}}]",
        "/{a}/{b}.json",
    )
    assert [item.wire for item in result] == ["a", "b"]


def test_parameters_of_the_operation_override_those_of_the_path() -> None:
    result = read(
        """
        paths:
          /a/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: string}}
              - {name: q, in: query, schema: {type: string}}
            get:
              operationId: op
              parameters: [{name: q, in: query, schema: {type: integer}}]
              responses: {'200': {description: ok}}
        """
    )
    assert not result.warnings
    assert [(parameter.wire, shown(parameter.type)) for parameter in operation(result.document, "op").parameters] == [
        ("id", "str"),
        ("q", "int"),
    ]


def test_headers_described_elsewhere_are_no_parameters() -> None:
    result, problems = parameters(
        "[{name: Accept, in: header, schema: {}}, {name: X-A, in: header, schema: {type: string}}]"
    )
    assert [item.wire for item in result] == ["X-A"]
    assert not problems


REFERENCES = {
    "component": "#/components/parameters/Q",
    "another operation's": "#/paths/~1b/get/parameters/0",
    "percent-encoded": "#/paths/%7E1b/get/parameters/0",
    "through a reference": "#/components/parameters/Alias",
}


@pytest.mark.parametrize("ref", REFERENCES.values(), ids=REFERENCES.keys())
def test_parameters_may_be_references(ref: str) -> None:
    (parameter,), problems = parameters(
        f"[{{$ref: '{ref}'}}]",
        more="""
  /b:
    get:
      parameters: [{name: q, in: query, schema: {type: string, enum: [x, y]}}]
      responses: {'200': {description: ok}}
components:
  parameters:
    Q: {$ref: '#/paths/~1b/get/parameters/0'}
    Alias: {$ref: '#/components/parameters/Q'}
""",
    )
    assert not problems, messages(problems)
    assert (parameter.wire, shown(parameter.type)) == ("q", "Q")


MISTAKES = {
    "blanks around the name": ("[{name: 'q ', in: query, schema: {type: string}}]", "/a", "q query str", "spaces around"),
    "twice": ("[{name: q, in: query, schema: {type: string}}, {name: q, in: query, schema: {}}]", "/a", "q query str", "twice"),
    "no location": ("[{name: q, schema: {type: string}}]", "/a", "q query str", "location"),
    "no location, in the path": ("[{name: q, schema: {type: string}}]", "/{q}", "q path str", "location"),
    "wrong case": ("[{name: q, in: Query, schema: {type: string}}]", "/a", "q query str", "location"),
    "no schema": ("[{name: q, in: query}]", "/a", "q query str", "neither"),
    "a type of Swagger 2": ("[{name: q, in: query, type: integer}]", "/a", "q query int", "Swagger 2"),
    "optional in the path": ("[{name: q, in: path, required: false, schema: {type: string}}]", "/{q}", "q path str", "always"),
    "not declared": ("[]", "/a/{q}", "q path str", "not declared"),
    "spelled otherwise": ("[{name: user_id, in: path, required: true, schema: {type: integer}}]", "/{userId}", "userId path int", "calls"),
    "not in the template": ("[{name: q, in: path, required: true, schema: {}}]", "/a", "", "has no {q}"),
    "a number as name": ("[{name: 1.10, in: query, schema: {type: string}}]", "/a", "1.10 query str", "Write '1.10'"),
    "a number in the path": ("[{name: 1, in: path, required: true, schema: {type: integer}}]", "/{1}", "1 path int", "the name 1 was read as '1'"),
    "no name": ("[{in: query, schema: {type: string}}]", "/a", "", "without a name"),
    "unknown style": ("[{name: q, in: query, style: odd, schema: {type: string}}]", "/a", "q query str", "style"),
    "required as text": ("[{name: q, in: query, required: 'true', schema: {type: string}}]", "/a", "q query str", "not a string"),
    "a mapping": ("{x: {name: q, in: query, schema: {type: string}}}", "/a", "q query str", "a list"),
    "a text": ("nothing", "/a", "", "a list"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_guessed_with_a_warning(text: str, path: str, expected: str, message: str) -> None:
    result, problems = parameters(text, path)
    assert " ".join(f"{item.wire} {item.location} {shown(item.type)}" for item in result) == expected
    assert message in messages(problems)
    assert all(problem.line and problem.severity == "warning" for problem in problems)


def test_swagger_2_collection_formats_are_read() -> None:
    (parameter,), problems = parameters(
        "[{name: q, in: query, collectionFormat: pipes, type: array, items: {type: string}}]"
    )
    assert (shown(parameter.type), parameter.style) == ("[str]", "pipeDelimited")
    assert "collectionFormat" in messages(problems)


FILTERS = {
    "operators": ("{operators: [==, =gt=]}", ir.Filter(("==", "=gt="))),
    "everything": (
        "{operators: ['>'], times: epoch-milliseconds, fields: [a, b.c], alone: true}",
        ir.Filter((">",), "epoch-milliseconds", ("a", "b.c"), alone=True),
    ),
}


@pytest.mark.parametrize(("text", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_filters_are_read(text: str, expected: ir.Filter) -> None:
    result, problems = parameters(f"[{{name: q, in: query, schema: {{type: string}}, x-xcaas-filter: {text}}}]")
    assert not problems, messages(problems)
    assert result[0].filter == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "needs 'operators'"),
        ("{operators: []}", "'operators' should be a list of =="),
        ("{operators: [=like=]}", "'operators' should be a list of =="),
        ("{operators: [[]]}", "'operators' should be a list of =="),
        ("{operators: [==], times: seconds}", "'times' should be date-time or epoch-milliseconds"),
        ("{operators: [==], fields: name}", "'fields' should be a list of strings"),
        ("{operators: [==], alone: 1}", "'alone' should be true or false"),
        ("rsql", "should be a mapping"),
    ],
)
def test_malformed_filters_are_left_out(text: str, message: str) -> None:
    result, problems = parameters(f"[{{name: q, in: query, schema: {{type: string}}, x-xcaas-filter: {text}}}]")
    assert message in messages(problems)
    assert result[0].filter is None


def test_cookies_of_style_cookie_are_sent_unescaped() -> None:
    cookies = (
        "[{name: a, in: cookie, style: cookie, schema: {type: string}}, {name: b, in: cookie, schema: {type: string}}]"
    )
    result = read(f"paths: {{/a: {{get: {{operationId: op, parameters: {cookies}, responses: {{}}}}}}}}")
    assert [
        (parameter.style, parameter.allow_reserved) for parameter in operation(result.document, "op").parameters
    ] == [
        ("form", True),
        ("form", False),
    ]


@pytest.mark.parametrize("name", ["X Foo", "X-Ü", "X:Y"])
def test_invalid_header_names_are_refused_if_required(name: str) -> None:
    header = f"name: '{name}', in: header, schema: {{type: string}}"
    result = read(
        f"paths: {{/a: {{get: {{operationId: op, parameters: [{{{header}}}], responses: {{}}}}, "
        f"put: {{parameters: [{{{header}, required: true}}], responses: {{}}}}}}}}"
    )
    assert operation(result.document, "op").parameters == ()
    assert [refusal.reason for refusal in result.document.refused] == [f"no header can be called {name!r}"]
