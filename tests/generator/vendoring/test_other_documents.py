"""A client for anybody's OpenAPI document, vendored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import replace, run_in, vendored

SPEC = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: "http://localhost/v1"}]
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      tags: [core]
      parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: A pet., content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
        "404": {description: No such pet.}
  /shops:
    get:
      operationId: listShops
      tags: [shops]
      responses:
        "200": {description: Shops., content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}}
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}}}
    Shop: {type: object, properties: {town: {type: string}}}
"""
PROGRAM = """
import sys
from acme import pets

with pets.Client(base_url=sys.argv[1]) as client:
    pet = client.core.get_pet("rex")
    print(pet.name, type(pet).__module__)
    try:
        client.core.get_pet("nobody")
    except pets.NotFoundError as error:
        print(error.status)
"""


class Pets(BaseHTTPRequestHandler):
    """Knows one pet."""

    def do_GET(self) -> None:
        known = self.path == "/v1/pets/rex"
        body = b'{"name": "Rex"}' if known else b"{}"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pets) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "pets.yaml").write_text(SPEC, "utf-8")
    return tmp_path


def test_it_runs_where_nothing_is_installed(project: Path, bare_python: Path, address: str) -> None:
    target = project / "acme" / "pets"
    ran = vendored(target, "--spec", str(project / "specs" / "pets.yaml"))
    assert ran.code == 0, ran.told
    done = run_in(project, [bare_python, "-c", PROGRAM, address])
    assert done.stdout == "Rex acme.pets.models._pet\n404\n", done.stderr
    # The document has a resource named `core`, so core went elsewhere.
    assert (target / "_core.py").is_file()


def test_it_is_checked_and_updated_like_any_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, spec = project / "acme" / "pets", project / "specs" / "pets.yaml"
    vendored(target, "--spec", str(spec))
    assert vendored(target, "--check").code == 0
    assert capsys.readouterr().out == ""

    replace(spec, "No such pet.", "Nobody has that name.")
    replace(spec, "A pet.", "The pet.")
    assert vendored(target, "--check").code == 1
    assert capsys.readouterr().out == f"outdated: {spec}\n"
    assert vendored(target, "--diff").code == 0
    assert "+            The pet." in capsys.readouterr().out.splitlines()
    assert vendored(target).code == 0
    assert vendored(target, "--check").code == 0


def test_refused_operations_show_in_the_exit_code(tmp_path: Path) -> None:
    spec = tmp_path / "pets.yaml"
    spec.write_text(
        SPEC.replace(
            "components:\n", '  "/bad/{":\n    get: {responses: {"204": {description: Never.}}}\ncomponents:\n'
        )
    )
    ended = vendored(tmp_path / "acme" / "pets", "--spec", str(spec))
    assert ended.code == 3
    assert "error: GET /bad/{ was refused: " in ended.told
    assert "1 operation refused" in ended.told
    assert vendored(tmp_path / "acme" / "pets", "--spec", str(spec), "--allow-refused").code == 0
