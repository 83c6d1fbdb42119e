"""References: across files, to anchors, and refused ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.adversarial.raw_server import Piece, Request, serving
from tests.support.snippets import check, fields, messages, operation, read_schema, shown
from xcaas_generator.problems import InputError
from xcaas_generator.read import read_document

MAIN = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {$ref: 'paths/a.yaml'}
  /b:
    get:
      operationId: getB
      parameters: [{$ref: './common/shared.yaml#/parameters/Limit'}]
      responses:
        '200': {$ref: 'common/shared.yaml#/responses/Fine'}
components:
  schemas:
    Local: {type: object, properties: {x: {type: string}}}
"""
SHARED = """
parameters:
  Limit: {name: limit, in: query, schema: {type: integer}}
responses:
  Fine: {description: '', content: {application/json: {schema: {$ref: '#/schemas/Fine'}}}}
schemas:
  Fine: {type: object, properties: {pet: {$ref: 'pet.json'}, local: {$ref: '../main.yaml#/components/schemas/Local'}}}
"""
PATH = """
get:
  operationId: getA
  responses:
    '200': {description: '', content: {application/json: {schema: {$ref: '../common/pet.json'}}}}
"""
PET = '{"type": "object", "properties": {"name": {"type": "string"}, "friend": {"$ref": "#"}, "home": {"$ref": "shared.yaml#/schemas/Fine"}}}'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A document in several files with circular references."""
    files = {"main.yaml": MAIN, "common/shared.yaml": SHARED, "paths/a.yaml": PATH, "common/pet.json": PET}
    for name, text in files.items():
        path = tmp_path / "api" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "api"


def test_files_with_circular_references_are_read(tree: Path) -> None:
    result = read_document(tree / "main.yaml", name="main", strict=True)
    document = result.document
    check(document)
    assert [operation.id for operation in document.operations] == ["getA", "getB"]
    assert shown(operation(document, "getA").responses[0].variants[0].type) == "Pet"
    assert shown(operation(document, "getB").parameters[0].type) == "int"
    assert fields(document, "Pet") == {"name": "str", "friend": "Pet", "home": "Fine"}
    assert fields(document, "Fine") == {"pet": "Pet", "local": "Local"}
    assert sorted(path.name for path in result.files) == ["a.yaml", "main.yaml", "pet.json", "shared.yaml"]
    location = next(model.place for model in document.models if model.name == "Fine")
    assert (location.file.endswith("api/common/shared.yaml"), location.pointer) == (True, "/schemas/Fine")


def test_labels_are_relative_to_the_working_directory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    document = read_document(Path("main.yaml"), name="main", strict=True).document
    assert {model.place.file for model in document.models} == {"main.yaml", "common/shared.yaml", "common/pet.json"}


def read_reference(folder: Path, ref: str, **options: bool | Path) -> str:
    """Return type and problems of a response that is `ref`, in a document in `folder`, or "refused" and the problems."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "doc.yaml"
    source.write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: getA\n      responses:\n"
        f"        '200': {{description: '', content: {{application/json: {{schema: {{$ref: '{ref}'}}}}}}}}\n",
        encoding="utf-8",
    )
    root = options.get("root")
    try:
        result = read_document(source, name="doc", strict=False, root=root if isinstance(root, Path) else None)
    except InputError as error:
        return f"refused: {messages(error.problems)}"
    shape = shown(operation(result.document, "getA").responses[0].variants[0].type)
    return f"{shape}: {messages(result.warnings)}"


def test_files_outside_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(
        "Secret: {type: object, properties: {token: {type: string}}}", encoding="utf-8"
    )
    for ref in (
        "../secret.yaml#/Secret",
        f"{tmp_path}/secret.yaml#/Secret",
        "x/../../secret.yaml#/Secret",
        "%2e%2e/secret.yaml#/Secret",
    ):
        result = read_reference(tmp_path / "in", ref)
        assert result.startswith("refused: ")
        assert "outside the folder tree" in result
    assert read_reference(tmp_path / "in", "../secret.yaml#/Secret", root=tmp_path).startswith("Secret: ")


def test_symbolic_links_to_files_outside_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("Secret: {type: string}", encoding="utf-8")
    (tmp_path / "in").mkdir()
    os.symlink(tmp_path / "secret.yaml", tmp_path / "in" / "inner.yaml")
    assert "outside the folder tree" in read_reference(tmp_path / "in", "inner.yaml#/Secret")


def test_a_symbolic_link_to_itself_is_reported_at_the_reference(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.symlink("inner.yaml", tmp_path / "in" / "inner.yaml")
    result = read_reference(tmp_path / "in", "inner.yaml#/Secret")
    assert result.startswith("refused: ")
    assert "leads nowhere" in result


def test_files_in_the_same_repository_may_be_referenced(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "shared.yaml").write_text("Thing: {type: object, properties: {a: {}}}", encoding="utf-8")
    assert read_reference(tmp_path / "deep" / "in", "../../shared.yaml#/Thing") == "Thing: "


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("https://example.com/a.yaml#/A", "--allow-network"),
        ("file:///etc/passwd", "leads nowhere"),
        ("nope.yaml#/A", "No such file"),
        (".#/A", "it is a folder"),
        ("#/components/schemas/Nope", "leads nowhere"),
        ("#", ""),
    ],
)
def test_dangling_references_are_reported(tmp_path: Path, ref: str, message: str) -> None:
    assert message in read_reference(tmp_path, ref)


def test_a_broken_referenced_file_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: 1\nb: [", encoding="utf-8")
    result = read_reference(tmp_path, "broken.yaml#/a")
    assert "broken.yaml:" in result
    assert "not valid YAML" in result


def test_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "not a regular file" in read_reference(tmp_path, "pipe.yaml")


REFERENCES = {
    "anchor": ("{$ref: '#pet'}", "Pet"),
    "dynamic": ("{$dynamicRef: '#tree'}", "Tree"),
    "identity": ("{$ref: 'https://example.com/schemas/toy'}", "Toy"),
    "through a property": ("{$ref: '#/components/schemas/Pet/properties/toy'}", "Toy"),
    "through a reference": ("{$ref: '#/components/schemas/Alias/properties/name'}", "str"),
    "definitions inside": ("{$ref: '#/components/schemas/Tree/$defs/Leaf'}", "Leaf"),
    "escaped": ("{$ref: '#/components/schemas/a~1b%20c'}", "ABC"),
    "blank at the end": ("{$ref: '#/components/schemas/Pet '}", "Pet"),
}


@pytest.mark.parametrize(("text", "expected"), REFERENCES.values(), ids=REFERENCES.keys())
def test_references_within_a_document_are_resolved(text: str, expected: str) -> None:
    field, _, problems = read_schema(
        text,
        others="""
        Pet: {$anchor: pet, type: object, properties: {name: {type: string}, toy: {$ref: '#/components/schemas/Toy'}}}
        Toy: {$id: 'https://example.com/schemas/toy', type: object, properties: {size: {type: integer}}}
        Tree: {$dynamicAnchor: tree, type: object, properties: {leaf: {$ref: '#/components/schemas/Tree/$defs/Leaf'}}, $defs: {Leaf: {type: object, properties: {x: {}}}}}
        Alias: {$ref: '#/components/schemas/Pet'}
        'a/b c': {type: object, properties: {y: {type: string}}}
        """,
    )
    assert not problems, messages(problems)
    assert shown(field.type) == expected


def test_pointers_are_relative_to_a_schema_with_an_id() -> None:
    others = "Box: {%s type: object, properties: {item: {$ref: '#/$defs/item'}}, $defs: {item: {type: integer}}}"
    for identity, is_warned in (("$id: 'https://example.com/box',", False), ("", True)):
        _, document, problems = read_schema("{$ref: '#/components/schemas/Box'}", others=others % identity)
        assert fields(document, "Box") == {"item": "int"}
        assert bool(problems) == is_warned


def test_references_to_the_self_uri_of_a_document_are_resolved() -> None:
    text = """
openapi: 3.2.0
$self: https://example.com/api.yaml
info: {title: T, version: '1'}
paths: {/a: {get: {operationId: getA, responses: {'200': {$ref: 'https://example.com/api.yaml#/components/responses/Fine'}}}}}
components: {responses: {Fine: {description: '', content: {application/json: {schema: {type: integer}}}}}}
"""
    result = read_document(text.encode(), name="x", strict=True)
    assert shown(operation(result.document, "getA").responses[0].variants[0].type) == "int"


class _Shared(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        contents = {
            "/a/shared.yaml": b"Thing: {$ref: 'more.yaml'}",
            "/a/more.yaml": b"{type: object, properties: {x: {type: string}}}",
        }
        data = contents.get(self.path)
        self.send_response(200 if data else 404)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def server() -> Generator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shared) as http_server:
        thread = threading.Thread(target=http_server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http_server.server_port}"
        http_server.shutdown()
        thread.join()


def test_urls_are_fetched_only_with_allow_network(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {operationId: getA, responses: {'200': "
        f"{{description: '', content: {{application/json: {{schema: {{$ref: '{server}/a/%s.yaml#/Thing'}}}}}}}}}}}}}}}}"
    )
    with pytest.raises(InputError, match="--allow-network"):
        read_document((text % "shared").encode(), name="x", strict=False)
    allowed = read_document((text % "shared").encode(), name="x", strict=True, allow_network=True)
    assert fields(allowed.document, "More") == {"x": "str"}
    with pytest.raises(InputError, match="404"):
        read_document((text % "missing").encode(), name="x", strict=False, allow_network=True)
    monkeypatch.setattr("xcaas_generator.load.documents._TOTAL", -1)
    with pytest.raises(InputError, match="did not arrive within"):
        read_document((text % "shared").encode(), name="x", strict=False, allow_network=True)


HEAD = b"HTTP/1.1 200 OK\r\n"


def _document_with_reference(url: str) -> bytes:
    """Return a document whose only path item is at `url`."""
    return f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{$ref: '{url}/x.yaml#/a'}}}}".encode()


SLOW_RESPONSES = {
    "interim": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers": (HEAD, b"X-A: b\r\n"),
    "bytes of a header": (HEAD + b"X-A: ", b"x"),
    "body": (HEAD + b"\r\n", b"x"),
}


# `urllib` leaves the socket of a head that breaks off to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("start", "repeated"), SLOW_RESPONSES.values(), ids=SLOW_RESPONSES)
def test_slow_responses_time_out(start: bytes, repeated: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xcaas_generator.load.documents._TOTAL", 0.2)
    finished = threading.Event()

    def script(request: Request) -> Iterator[Piece]:
        yield start
        while not finished.is_set():
            yield repeated
            yield 0.01

    with serving(script) as server:
        try:
            with pytest.raises(InputError, match=r"did not arrive within 0\.2 seconds"):
                read_document(_document_with_reference(server.url), name="x", strict=False, allow_network=True)
        finally:
            finished.set()


@pytest.mark.parametrize(
    "response", [b"no HTTP\r\n\r\n", HEAD + b"X: " + bytes(70_000) + b"\r\n\r\n", HEAD + b"X: y\r\n" * 200]
)
def test_responses_that_are_no_http_are_reported(response: bytes) -> None:
    with serving(lambda request: [response, b"\r\n"]) as server, pytest.raises(InputError, match="does not speak HTTP"):
        read_document(_document_with_reference(server.url), name="x", strict=False, allow_network=True)
