"""Servers at three levels, their variables, and security requirements."""

from __future__ import annotations

import pytest

from tests.support.snippets import messages, operation, read
from xcaas_generator import ir
from xcaas_generator.problems import Problem


def servers(text: str) -> tuple[tuple[ir.Server, ...], tuple[Problem, ...]]:
    result = read(
        f"servers: {text}\npaths: {{/a: {{get: {{operationId: op, responses: {{'204': {{description: ''}}}}}}}}}}"
    )
    return result.document.servers, result.warnings


URLS = {
    "absolute": ("[{url: 'https://a.example/v1'}]", "https://a.example/v1"),
    "relative": ("[{url: /v1}]", "/v1"),
    "none": ("[]", "/"),
    "with variables": (
        "[{url: 'https://{h}.example', variables: {h: {default: a, enum: [a, b]}}}]",
        "https://{h}.example",
    ),
}


@pytest.mark.parametrize(("text", "url"), URLS.values(), ids=URLS.keys())
def test_urls_are_read(text: str, url: str) -> None:
    (server,), problems = servers(text)
    assert not problems
    assert server.url == url


def test_extensions_of_variables_are_read() -> None:
    (server,), _ = servers(
        "[{url: 'https://h{r}', variables: {r: {default: '', enum: ['', /eu], x-xcaas-from: region, "
        "x-xcaas-required: true, x-xcaas-names: {us: '', eu: /eu}, description: Where.}}}]"
    )
    assert server.variables == (
        ir.Variable("r", "", ("", "/eu"), "Where.", (("eu", "/eu"), ("us", "")), "region", required=True),
    )


MISTAKES = {
    "protocol-relative": ("[{url: //a.example/v1}]", "https://a.example/v1", "no scheme"),
    "a bare host": ("[{url: a.example/v1}]", "https://a.example/v1", "no scheme"),
    "blanks": ("[{url: ' https://a.example '}]", "https://a.example", "spaces around"),
    "a query": ("[{url: 'https://a.example/v1?x=1#top'}]", "https://a.example/v1", "can't have a query"),
    "a fragment alone": ("[{url: '#/'}]", "/", "can't have a query or fragment; it was cut to ''"),
    "no url": ("[{description: x}]", "/", "no URL"),
    "a text": ("['https://a.example']", "https://a.example", "should be a mapping"),
    "a mapping": ("{url: 'https://a.example'}", "https://a.example", "should be a list"),
    "undeclared": ("[{url: 'https://{h}.example'}]", "https://{h}.example", "not declared"),
    "no default": ("[{url: 'https://{h}', variables: {h: {enum: [b, a]}}}]", "https://{h}", "no default"),
    "a placeholder as default": (
        "[{url: 'https://{h}', variables: {h: {default: '{h}'}}}]",
        "https://{h}",
        "is a placeholder; calls have to set a value",
    ),
    "default not listed": (
        "[{url: 'https://{h}', variables: {h: {enum: [a], default: b}}}]",
        "https://{h}",
        "not among",
    ),
    "a number": ("[7]", "/", "a server is expected"),
}


@pytest.mark.parametrize(("text", "url", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_guessed_with_a_warning(text: str, url: str, message: str) -> None:
    (server,), problems = servers(text)
    assert server.url == url
    assert message in messages(problems)


def test_numbers_in_variables_are_strings_as_written() -> None:
    (server,), problems = servers("[{url: 'https://h:{p}', variables: {p: {default: 8443, enum: [8443, 1.10]}}}]")
    assert not problems
    assert server.variables == (ir.Variable("p", "8443", ("8443", "1.10")),)


def test_servers_of_an_operation_override_those_above() -> None:
    document = read(
        """
        servers: [{url: 'https://root'}]
        paths:
          /a:
            servers: [{url: 'https://path'}]
            get: {operationId: near, servers: [{url: 'https://operation'}], responses: {'204': {description: ''}}}
            put: {operationId: middle, responses: {'204': {description: ''}}}
          /b:
            get: {operationId: far, responses: {'204': {description: ''}}}
        """
    ).document
    urls = {id_: operation(document, id_).servers[0].url for id_ in ("near", "middle", "far")}
    assert urls == {"near": "https://operation", "middle": "https://path", "far": "https://root"}


def test_the_host_of_swagger_2_is_a_server() -> None:
    result = read("host: a.example\nbasePath: /v1/\npaths: {/a: {get: {responses: {'204': {description: ''}}}}}")
    assert result.document.servers == (ir.Server("https://a.example/v1"),)
    assert "Swagger 2" in messages(result.warnings)


# --- security -------------------------------------------------------------------

SCHEMES = """
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-xcaas-credential: api-key, x-xcaas-options: {key: search}}
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: bearer}
    digest: {type: http, scheme: digest}
    oauth:
      type: oauth2
      flows:
        authorizationCode: {tokenUrl: 'https://other', authorizationUrl: 'https://x', scopes: {}}
        clientCredentials: {tokenUrl: 'https://token', scopes: {}}
    openid: {type: openIdConnect, openIdConnectUrl: 'https://x'}
    cert: {type: mutualTLS}
"""


def security(own: str, root: str = "") -> tuple[tuple[tuple[str, ...], ...], tuple[Problem, ...]]:
    result = read(
        f"{root}\npaths: {{/a: {{get: {{operationId: op, {own} responses: {{'204': {{description: ''}}}}}}}}}}\n{SCHEMES}"
    )
    return operation(result.document, "op").security, result.warnings


@pytest.mark.parametrize(
    ("own", "root", "expected"),
    [
        ("", "", ()),
        ("", "security: [{key: []}]", (("key",),)),
        ("security: [],", "security: [{key: []}]", ()),
        ("security: [{basic: []}, {key: [], bearer: []}],", "", (("basic",), ("bearer", "key"))),
        ("security: [{}, {key: []}],", "", ((), ("key",))),
    ],
)
def test_security_requirements_are_read(own: str, root: str, expected: tuple[tuple[str, ...], ...]) -> None:
    requirements, problems = security(own, root)
    assert not problems
    assert requirements == expected


@pytest.mark.parametrize(
    ("own", "expected", "message"),
    [
        ("security: [{nope: []}, {key: []}],", (("key",),), "no security scheme 'nope'"),
        ("security: [{oauth: null}],", (("oauth",),), "scopes should be a list"),
        ("security: {key: []},", (("key",),), "should be a list"),
        ("security: [key],", (("key",),), "should be a mapping"),
        ("security: [{digest: []}],", (("digest",),), "supply the credential of 'digest' themselves"),
    ],
)
def test_mistakes_in_security_are_guessed_with_a_warning(
    own: str, expected: tuple[tuple[str, ...], ...], message: str
) -> None:
    requirements, problems = security(own)
    assert requirements == expected
    assert message in messages(problems)


def test_security_schemes_have_a_kind() -> None:
    schemes = {scheme.name: scheme for scheme in read("paths: {}\n" + SCHEMES).document.security_schemes}
    assert {name: scheme.kind for name, scheme in schemes.items()} == {
        "basic": "http-basic", "bearer": "http-bearer", "cert": "mutual-tls", "digest": "other",
        "key": "api-key", "oauth": "oauth2", "openid": "openid",
    }  # fmt: skip
    key = schemes["key"]
    assert (key.location, key.parameter, key.credential, key.options) == (
        "header",
        "X-Key",
        "api-key",
        (("key", "search"),),
    )
    assert schemes["oauth"].token_url == "https://token"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("{type: basic}", "http-basic", "not a type of OpenAPI 3"),
        ("{type: http}", "http-bearer", "not which"),
        ("{type: apiKey, in: headers, name: k}", "api-key", "a key goes"),
        ("{type: apiKey, in: header}", "api-key", "no parameter name"),
        ("{type: oauth2, flow: application, tokenUrl: 'https://t', scopes: {}}", "oauth2", "Swagger 2"),
        (
            "{type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://t', scopes: all}}}",
            "oauth2",
            "scopes should be",
        ),
        ("{type: magic}", "other", "no type of security scheme"),
    ],
)
def test_mistakes_in_security_schemes_are_guessed_with_a_warning(text: str, kind: str, message: str) -> None:
    result = read(f"paths: {{}}\ncomponents: {{securitySchemes: {{s: {text}}}}}")
    assert result.document.security_schemes[0].kind == kind
    assert message in messages(result.warnings)


def test_variables_without_a_default_are_required() -> None:
    variables = "{a: {}, b: {default: ''}, c: {enum: [x]}, e: {default: '{e}'}, f: {default: '{f}', enum: [y]}}"
    (server,), _ = servers(f"[{{url: 'https://{{a}}.example/{{b}}/{{c}}/{{d}}/{{e}}/{{f}}', variables: {variables}}}]")
    assert [(variable.name, variable.default, variable.required) for variable in server.variables] == [
        ("a", "", True),
        ("b", "", False),
        ("c", "x", False),
        ("d", "", True),
        ("e", "", True),
        ("f", "y", False),
    ]
