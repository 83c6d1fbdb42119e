"""The wheel: its contents, and programs that use it without the source tree."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.packaging.installing import ROOT, Environment
from xcaas_sandbox import Sandbox

SOURCES = {
    "xcaas": "generated/xcaas",
    "xcaas_cli": "cli/xcaas_cli",
    "xcaas_core": "core/xcaas_core",
    "xcaas_data": "data/xcaas_data",
    "xcaas_generator": "generator/xcaas_generator",
    "xcaas_sandbox": "sandbox/xcaas_sandbox",
    "xcaas_sandbox/_specs": "specs",
}


def sources(folder: str) -> set[str]:
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT / folder).as_posix() for path in paths if "__pycache__" not in path.parts}


def test_wheel_contains_all_sources_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {f"{package}/{path}" for package, folder in SOURCES.items() for path in sources(folder)}
    for name in (
        "xcaas/_manifest.json",
        "xcaas_generator/render/templates/model.py.jinja",
        "xcaas_sandbox/_specs/storage.yaml",
    ):
        assert name in names
    for package in ("xcaas", "xcaas_cli", "xcaas_core", "xcaas_data", "xcaas_generator", "xcaas_sandbox"):
        assert f"{package}/py.typed" in names
    assert not [name for name in names if "test_" in name or "/tests/" in name or "__pycache__" in name]


def test_wheel_contains_no_path_of_the_build_machine(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for path in (ROOT, Path.home()):
                assert path == Path("/") or f"{path}/".encode() not in content, name


def test_wheel_metadata_have_license_readme_and_urls(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = f"xcaas-{version('xcaas')}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert len(required) == 4
    assert "# xcaas" in metadata
    (source,) = re.findall(r"^Project-URL: Source, (https://.+)$", metadata, re.MULTILINE)
    tag = f"v{version('xcaas')}"
    assert f"[credentials]({source}/blob/{tag}/docs/credentials.md)" in metadata
    assert f"({source}/raw/{tag}/docs/images/" in metadata
    assert not re.findall(r"\]\((?!https:)[^)]+\)", metadata)


# The first steps of a user's program, with a fake server.
PROGRAM = """
import asyncio, sys
from xcaas import ApiKey, AsyncXCaaS, ClientCredentials, XCaaS, XCaaSError
from xcaas.storage.models import StorageObject
from xcaas.testing import FakeServer

keys = [ClientCredentials("id", "secret"), ApiKey("key")]
server = FakeServer()
with XCaaS(http_client=server, credentials=keys) as client:
    objects = client.storage.objects.search().limit(3).to_list()
    assert all(isinstance(item, StorageObject) for item in objects) and objects
    assert client.storage.objects.download("o1").read()
    server.respond("storage.objects.get", status=404, json={"message": "gone"})
    try:
        client.storage.objects.get("o1")
    except XCaaSError as error:
        assert error.status == 404

async def main():
    async with AsyncXCaaS(http_client=server, credentials=keys) as client:
        return [queue.id async for queue in client.cc_realtime.queues.list()]

assert asyncio.run(main())
import xcaas_core
print(xcaas_core.__file__)
"""


def test_clients_run_with_run_time_dependencies_only(minimal_environment: Environment) -> None:
    path = Path(minimal_environment.run(PROGRAM).strip())
    assert minimal_environment.packages in path.parents
    assert minimal_environment.run(
        "import xcaas, importlib.metadata as m; print(m.version('xcaas'))"
    ).strip() == version("xcaas")


@pytest.mark.parametrize(
    "module",
    ["pydantic", "click", "mcp", "rich", "yaml", "jinja2", "orjson", "httpx2", "pytest", "openapi_python_client"],
)
def test_minimal_environment_lacks_optional_packages(minimal_environment: Environment, module: str) -> None:
    assert minimal_environment.run(f"import importlib.util as u; print(u.find_spec({module!r}))").strip() == "None"


def test_wheel_contains_the_manifest(minimal_environment: Environment) -> None:
    manifest = json.loads(
        minimal_environment.run(
            "import importlib.resources as r; print(r.files('xcaas').joinpath('_manifest.json').read_text())"
        )
    )
    assert manifest == json.loads((ROOT / "generated/xcaas/_manifest.json").read_text("utf-8"))


def test_commands_without_extras_name_them(minimal_environment: Environment, tmp_path: Path) -> None:
    assert "build" in minimal_environment.command("xcaas-gen", "--help")
    assert "--token-lifetime" in minimal_environment.command("xcaas-sandbox", "--help")
    assert "'xcaas[sandbox]'" in minimal_environment.command("xcaas-sandbox", code=1)
    assert "'xcaas[cli]'" in minimal_environment.command("xcaas", "--help", code=1)
    spec = str(ROOT / "examples" / "petstore.yaml")
    build = ("build", spec, "--package", "petstore", "--out", str(tmp_path))
    assert "'xcaas[generator]'" in minimal_environment.command("xcaas-gen", *build, code=2)
    assert "'xcaas[sandbox]'" in minimal_environment.run(
        "import xcaas_sandbox\ntry: xcaas_sandbox.Sandbox\nexcept ImportError as error: print(error)"
    )


def test_clients_are_vendored_from_the_wheel_without_extras(minimal_environment: Environment, tmp_path: Path) -> None:
    minimal_environment.command("xcaas-gen", "vendor", "storage", "--into", str(tmp_path / "vendored"))
    assert minimal_environment.command("python", str(tmp_path / "vendored" / "_vendor_check.py")) == ""
    program = "import sys; sys.path.insert(0, sys.argv[1]); import vendored; print(vendored.__version__)"
    assert minimal_environment.run(program, str(tmp_path)).strip() == version("xcaas")


def test_generator_works_from_the_wheel(full_environment: Environment) -> None:
    spec = ROOT / "examples" / "petstore.yaml"
    full_environment.command(
        "xcaas-gen", "-q", "build", str(spec), "--package", "petstore", "--out", str(full_environment.packages)
    )
    program = """
import petstore
from xcaas_core.testing import FakeServer
client = petstore.Client(http_client=FakeServer(), auth=__import__("xcaas").ApiKey("k"))
print([type(pet).__name__ for pet in client.pets.list()])
"""
    assert "Pet" in full_environment.run(program)


def test_mcp_server_works_from_the_wheel(full_environment: Environment) -> None:
    assert "--allow-writes" in full_environment.command("xcaas", "mcp", "--help")
    program = "from xcaas_cli.mcp.tools import TOOLS; print(len([tool.declaration for tool in TOOLS]))"
    assert int(full_environment.run(program)) > 15


def test_sandbox_works_from_the_wheel(full_environment: Environment) -> None:
    program = """
from xcaas import ClientCredentials, XCaaS
from xcaas_sandbox import Sandbox
with Sandbox() as sandbox, XCaaS(base_url=sandbox.base_url, credentials=ClientCredentials("eght_demo", "demo-secret")) as client:
    print(len(client.storage.objects.search().limit(5).to_list()))
"""
    assert full_environment.run(program).strip() == "5"


def test_command_line_works_from_the_wheel(full_environment: Environment) -> None:
    assert full_environment.command("xcaas", "--version").strip() == f"xcaas {version('xcaas')}"
    with Sandbox() as sandbox:
        output = full_environment.command(
            "xcaas", "storage", "objects", "search", "--limit-total", "2", "--region", "us-west",
            XCAAS_BASE_URL=sandbox.base_url, XCAAS_CLIENT_ID="eght_demo", XCAAS_CLIENT_SECRET="demo-secret",
        )  # fmt: skip
    assert len([json.loads(line) for line in output.splitlines()]) == 2
