"""Copies of clients for other OpenAPI documents."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import replace, run_in, run_vendor

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
    """Serves one pet."""

    def do_GET(self) -> None:
        exists = self.path == "/v1/pets/rex"
        body = b'{"name": "Rex"}' if exists else b"{}"
        self.send_response(200 if exists else 404)
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


def test_copies_run_without_xcaas(project: Path, bare_python: Path, address: str) -> None:
    target = project / "acme" / "pets"
    result = run_vendor(target, "--spec", str(project / "specs" / "pets.yaml"))
    assert result.code == 0, result.output
    process = run_in(project, [bare_python, "-c", PROGRAM, address])
    assert process.stdout == "Rex acme.pets.models._pet\n404\n", process.stderr
    # The document has a resource named `core`, so the folder of core has another name.
    assert (target / "_core.py").is_file()


def test_copies_of_documents_are_checked_and_updated(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, spec = project / "acme" / "pets", project / "specs" / "pets.yaml"
    run_vendor(target, "--spec", str(spec))
    assert run_vendor(target, "--check").code == 0
    assert capsys.readouterr().out == ""

    replace(spec, "No such pet.", "Nobody has that name.")
    replace(spec, "A pet.", "The pet.")
    assert run_vendor(target, "--check").code == 1
    assert capsys.readouterr().out == f"outdated: {spec}\n"
    assert run_vendor(target, "--diff").code == 0
    assert "+            The pet." in capsys.readouterr().out.splitlines()
    assert run_vendor(target).code == 0
    assert run_vendor(target, "--check").code == 0


def test_refused_operations_have_an_exit_code(tmp_path: Path) -> None:
    spec = tmp_path / "pets.yaml"
    spec.write_text(
        SPEC.replace(
            "components:\n", '  "/bad/{":\n    get: {responses: {"204": {description: Never.}}}\ncomponents:\n'
        )
    )
    result = run_vendor(tmp_path / "acme" / "pets", "--spec", str(spec))
    assert result.code == 3
    assert "error: GET /bad/{ was refused: " in result.output
    assert "1 operation refused" in result.output
    assert run_vendor(tmp_path / "acme" / "pets", "--spec", str(spec), "--allow-refused").code == 0
