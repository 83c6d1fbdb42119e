"""Operations: every one is read or refused with a reason."""

from __future__ import annotations

import pytest

from tests.support.snippets import messages, operation, read
from xcaas_generator.problems import InputError
from xcaas_generator.read import read_document

OK = "responses: {'204': {description: ''}}"


def test_all_methods_are_read() -> None:
    methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
    text = "".join(f"    {method}: {{{OK}}}\n" for method in methods)
    document = read(f"paths:\n  /a:\n{text}    additionalOperations: {{COPY: {{{OK}}}}}").document
    assert {operation.method for operation in document.operations} == {*(method.upper() for method in methods), "COPY"}


def test_missing_ids_are_generated_from_method_and_path() -> None:
    document = read(f"paths: {{'/users/{{userId}}/keys': {{get: {{{OK}}}}}, /: {{get: {{{OK}}}}}}}").document
    assert {operation.path: operation.id for operation in document.operations} == {
        "/users/{userId}/keys": "get_users_by_user_id_keys",
        "/": "get_root",
    }


def test_duplicate_ids_become_unique() -> None:
    result = read(
        f"paths: {{/a: {{get: {{operationId: listAll, {OK}}}}}, /b: {{get: {{operationId: list-all, {OK}}}}}}}"
    )
    assert [operation.id for operation in result.document.operations] == ["listAll", "list-all_get"]
    assert "is taken" in messages(result.warnings)


@pytest.mark.parametrize("id_", ["7", "'  '", "[a]", "'???'", "null"])
def test_invalid_ids_are_replaced(id_: str) -> None:
    (operation,) = read(f"paths: {{/a: {{get: {{operationId: {id_}, {OK}}}}}}}").document.operations
    assert operation.id == "get_a"


def test_path_items_may_be_references() -> None:
    result = read(
        f"""
        paths:
          /a: {{$ref: '#/components/pathItems/Shared'}}
          /b: {{$ref: '#/components/pathItems/Shared', put: {{{OK}}}}}
        components: {{pathItems: {{Shared: {{get: {{{OK}}}}}}}}}
        """
    )
    assert not result.warnings
    assert [(operation.method, operation.path) for operation in result.document.operations] == [
        ("GET", "/a"),
        ("GET", "/b"),
        ("PUT", "/b"),
    ]


def test_annotations_and_tags_are_read() -> None:
    document = read(
        f"""
        tags: [{{name: Users, description: People.}}]
        paths:
          /a: {{summary: Common., get: {{tags: [' Users ', Keys], description: Long., deprecated: true, {OK}}}}}
        """
    ).document
    (operation,) = document.operations
    assert (operation.tags, operation.summary, operation.doc, operation.deprecated) == (
        ("Users", "Keys"),
        "Common.",
        "Long.",
        True,
    )
    assert document.tags == (("Users", "People."),)


REFUSED = {
    "nothing": ("/a: {get: }", "GET", "/paths/~1a/get", "an operation is expected here, not nothing"),
    "a text": ("/a: {get: soon}", "GET", "/paths/~1a/get", "an operation is expected here"),
    "open brace": ("'/a/{b': {get: {}}", "GET", "/paths/~1a~1{b/get", "braces"),
    "nameless parameter": ("'/a/{}': {get: {}}", "GET", "/paths/~1a~1{}/get", "has no name"),
    "path item that is none": ("/a: 5", "*", "/paths/~1a", "its path item is 5"),
    "path item that is nowhere": ("/a: {$ref: '#/nope'}", "*", "/paths/~1a", "can't be found"),
    "a method that is none": ("/a: {additionalOperations: {'a b': {}}}", "A B", "/paths/~1a/additionalOperations/a b", "not an HTTP method"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "method", "pointer", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_unreadable_operations_are_refused_with_pointer_and_reason(
    text: str, method: str, pointer: str, reason: str
) -> None:
    result = read(f"paths:\n  {text}\n  /good: {{get: {{{OK}}}}}")
    (refused,) = result.document.refused
    assert (refused.method, refused.place.pointer) == (method, pointer)
    assert reason in refused.reason
    assert [operation.path for operation in result.document.operations] == ["/good"]
    assert any(
        problem.severity == "error" and problem.pointer == pointer and problem.line for problem in result.warnings
    )


def test_paths_without_a_slash_are_read_if_they_are_mappings() -> None:
    result = read(f"paths:\n  a: {{get: {{{OK}}}}}\n  note: text\n  x-note: {{get: {{{OK}}}}}")
    assert [operation.path for operation in result.document.operations] == ["a"]
    assert "'a' is not a path; a slash was put before it" in messages(result.warnings)
    assert "'note' is not a path; it was left out" in messages(result.warnings)


def test_a_document_with_only_refused_operations_raises() -> None:
    with pytest.raises(InputError, match="was refused"):
        read("paths: {/a: {get: soon}}")


@pytest.mark.parametrize("strict", [False, True])
def test_strict_turns_warnings_into_errors(strict: bool) -> None:
    text = f"paths: {{/a: {{GET: {{operationId: op, {OK}}}}}}}"
    if strict:
        with pytest.raises(InputError, match=r"error: .*was read as 'get'"):
            read(text, strict=True)
    else:
        assert operation(read(text).document, "op").method == "GET"


OTHER_DOCUMENTS = {
    "Swagger 2": ("swagger: '2.0'\npaths: {}", "swagger2openapi"),
    "AsyncAPI": ("asyncapi: 2.0.0", "asyncapi"),
    "a list": ("- a", "is a mapping, not a list"),
    "a text": ("hello", "is a mapping"),
    "something else": ("a: 1", "neither 'openapi' nor 'paths'"),
    "paths as a list": ("openapi: 3.0.0\npaths: [a]", "'paths' should be a mapping"),
}


@pytest.mark.parametrize(("text", "message"), OTHER_DOCUMENTS.values(), ids=OTHER_DOCUMENTS.keys())
def test_other_documents_raise(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(text.encode(), name="x", strict=False)
    assert message in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


INFO = {
    "missing": ("", "x", "0", "should be a mapping"),
    "no version": ("info: {title: T}", "T", "0", "no version"),
    "no title": ("info: {version: v1}", "x", "v1", "no title"),
    "a number": ("info: {title: T, version: 1.10}", "T", "1.10", ""),
}


@pytest.mark.parametrize(("text", "title", "version", "message"), INFO.values(), ids=INFO.keys())
def test_missing_info_is_guessed_with_a_warning(text: str, title: str, version: str, message: str) -> None:
    result = read_document(f"openapi: 3.1.0\n{text}\npaths: {{/a: {{get: {{{OK}}}}}}}".encode(), name="x", strict=False)
    assert (result.document.title, result.document.version) == (title, version)
    assert message in messages(result.warnings)


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1", "3.2.0"])
def test_supported_versions_are_read(version: str) -> None:
    head = f"openapi: '{version}'\ninfo: {{title: T, version: '1'}}\n"
    assert not read(f"paths: {{/a: {{get: {{{OK}}}}}}}", head=head).warnings


@pytest.mark.parametrize("version", ["4.0.0", "3.9", "latest", "3.1"])
def test_other_versions_are_read_with_a_warning(version: str) -> None:
    head = f"openapi: {version}\ninfo: {{title: T, version: '1'}}\n"
    result = read(f"paths: {{/a: {{get: {{{OK}}}}}}}", head=head)
    assert len(result.document.operations) == 1
    assert result.warnings
