"""What a copy of the real `storage` holds: what it needs, little else, and nothing that reaches out of it."""

from __future__ import annotations

import ast
import functools
import json
import sys
import tomllib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.vendor.hosts import BIN, files_of, run_in, vendored
from xcaas_generator.vendor._vendor_check import digest
from xcaas_generator.vendor.modules import is_typing_block
from xcaas_generator.vendor.originals import installed

RAW, PACKED = 536_000, 200_000
"""What a copy of `storage` may weigh in bytes: its Python files as they are, and all of it as an archive."""

# The last two: what httpx itself runs on, and a name that every type checker knows.
MAY_IMPORT = {"httpx", "attrs", "dateutil", "anyio", "typing_extensions"}


def modules(copy: Path) -> list[Path]:
    return [path for path in files_of(copy) if path.suffix == ".py"]


def test_every_import_stays_inside_or_is_a_run_time_dependency(real_copy: Path) -> None:
    for path in modules(real_copy):
        tree = ast.parse(path.read_text("utf-8"))
        optional = {id(node) for block in tree.body if is_typing_block(block) for node in ast.walk(block)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert resolves(path, node), f"{path}:{node.lineno}"
                assert node.level <= len(path.relative_to(real_copy).parts)
            elif isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in optional:
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names]
                for name in names:
                    top = name.partition(".")[0]
                    assert top in sys.stdlib_module_names or top in MAY_IMPORT, f"{path}: {name}"


def resolves(path: Path, node: ast.ImportFrom) -> bool:
    """Whether a relative import finds its module, and the names that are modules."""
    folder = path.parents[node.level - 1]
    base = folder.joinpath(*(node.module or "").split("."))
    package = base / "__init__.py"
    if base.with_suffix(".py").is_file():
        return True
    return package.is_file() and all(
        (base / f"{alias.name}.py").is_file()
        or (base / alias.name / "__init__.py").is_file()
        or alias.name in package.read_text("utf-8")
        for alias in node.names
    )


def test_the_manifest_says_what_it_was_made_from(real_copy: Path) -> None:
    manifest = tomllib.loads((real_copy / "xcaas-vendor.toml").read_text("utf-8"))
    published = json.loads((installed().suite / "_manifest.json").read_text("ascii"))
    assert manifest["products"] == ["storage"]
    assert manifest["picks"] == manifest["extras"] == []
    assert manifest["made_with"]["sdk"]
    assert manifest["made_with"]["generator"].startswith("xcaas-gen ")
    assert manifest["specs"] == {"storage": published["specs"]["storage"]}
    listed = manifest["files"]
    assert {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)} == {*listed, "xcaas-vendor.toml"}
    assert all(digest((real_copy / path).read_bytes()) == wanted for path, wanted in listed.items())


def test_every_file_names_the_licence_and_the_licence_is_there(real_copy: Path) -> None:
    for path in files_of(real_copy):
        if path.name != "LICENSE":
            assert path.read_text("utf-8").startswith("# SPDX-License-Identifier: Apache-2.0\n"), path
    assert "Apache License" in (real_copy / "LICENSE").read_text("utf-8")


def test_what_storage_does_not_need_is_left_out(real_copy: Path) -> None:
    present = {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)}
    for path in (
        "_core/testing/__init__.py",
        "_core/auth/_cache_redis.py",
        "_core/auth/_profile.py",
        "_core/_archive.py",
    ):
        assert path not in present
    assert not [path for path in present if path.startswith(("cc_", "oauth", "testing")) or path.endswith(".json")]
    assert "_core/auth/_environment.py" in present, "from_env needs it"


def test_names_can_be_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    assert vendored(target, "storage", "--with", "unzip", "--with", "testing").code == 0
    for path in ("_core/_archive.py", "_core/testing/_server.py", "testing.py", "storage/_examples.json"):
        assert (target / path).is_file(), path
    offered = (target / "__init__.py").read_text("utf-8")
    assert "import unzip as unzip" in offered
    assert "RedisTokenCache" not in offered


def test_lists_become_tables_where_that_is_asked_for(tmp_path: Path, real_copy: Path) -> None:
    assert vendored(tmp_path / "xcaas", "storage", "--with", "rows").code == 0
    for name in ("def to_csv", "def to_arrow", "async def to_dicts"):
        assert name in (tmp_path / "xcaas" / "_core" / "_rows.py").read_text("utf-8")
        assert name not in (real_copy / "_core" / "_rows.py").read_text("utf-8")


def test_credentials_are_those_that_the_products_take(tmp_path: Path, real_copy: Path) -> None:
    offered = (real_copy / "__init__.py").read_text("utf-8")
    assert "ClientCredentials" in offered
    assert "BearerToken" in offered
    for path in modules(real_copy):
        assert "class ApiKey" not in path.read_text("utf-8")
    assert vendored(tmp_path / "keys", "audit_records").code == 0
    offered = (tmp_path / "keys" / "__init__.py").read_text("utf-8")
    assert "import ApiKey as ApiKey" in offered
    assert "ClientCredentials" not in offered
    assert vendored(tmp_path / "both", "audit_records", "--with", "ClientCredentials").code == 0
    assert "import ClientCredentials as ClientCredentials" in (tmp_path / "both" / "__init__.py").read_text("utf-8")


def test_token_caches_come_when_one_is_asked_for(tmp_path: Path, real_copy: Path, bare_python: Path) -> None:
    program = (
        "import {0} as sdk\n"
        "try: print(type(sdk.ClientCredentials('id', 'secret', cache={1}).cache).__name__)\n"
        "except TypeError as error: print(error)"
    )
    slim = run_in(real_copy.parent, [bare_python, "-c", program.format(real_copy.name, "None")])
    assert slim.stdout == "ClientCredentials() got an unexpected keyword argument 'cache'\n", slim.stderr
    assert vendored(tmp_path / "xcaas", "storage", "--with", "MemoryTokenCache").code == 0
    done = run_in(tmp_path, [bare_python, "-c", program.format("xcaas", "sdk.MemoryTokenCache()")])
    assert done.stdout == "MemoryTokenCache\n", done.stderr


def test_a_profile_may_hold_any_credential(tmp_path: Path) -> None:
    assert vendored(tmp_path / "xcaas", "storage", "--with", "credentials_from_profile").code == 0
    kinds = (tmp_path / "xcaas" / "_core" / "auth" / "_kinds.py").read_text("utf-8")
    for name in ("ApiKey", "BasicToken", "ClientCredentials", "WorkAnalyticsLogin"):
        assert f"class {name}" in kinds


def test_comments_stay_where_that_is_asked_for_and_updates_remember_it(
    tmp_path: Path, real_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "xcaas"
    assert vendored(target, "storage", "--comments").code == 0
    assert "comments = true" in (target / "xcaas-vendor.toml").read_text("utf-8")
    flow = "_core/_call.py"
    assert "# --- the flow ---" in (target / flow).read_text("utf-8")
    assert "# --- the flow ---" not in (real_copy / flow).read_text("utf-8")
    assert "up to date" in vendored(target).told
    assert vendored(target, "--check").code == 0
    assert vendored(target, "storage", "--check").code == 1
    assert f"outdated: {flow}" in capsys.readouterr().out
    assert vendored(target, "--comments").code == 2


def test_what_people_call_and_catch_keeps_its_docstrings(real_copy: Path) -> None:
    for path, words in {
        "_core/_client_common.py": "Seconds for a whole call, retries and body included",
        "_core/_errors.py": "Work on the server was not done in time",
        "_core/_pager.py": "A list that the service hands out page by page",
        "_core/auth/_kinds.py": "OAuth 2 client credentials: the key and the secret",
        "_core/models/_model.py": "An object of an API: named, typed fields",
        "storage/_objects.py": "Stored files and what is known about them.",
    }.items():
        assert words in (real_copy / path).read_text("utf-8"), path


ORDERS = {
    "forms": ("quality_management",),
    "keys": ("audit_records", "--with", "sdk"),
    "login": ("work_analytics", "oauth"),
    "pick": ("--pick", "storage.objects.delete", "--comments"),
    "more": ("storage", "--with", "testing", "--with", "rows", "--with", "download_all", "--with", "unzip"),
    "pages": ("chat_gateway", "cc_realtime"),
}


IMPORT_ALL = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
    assert all(hasattr(package, public) for public in package.__all__), name
"""


def test_every_copy_defines_what_it_uses(tmp_path: Path) -> None:
    for name, arguments in ORDERS.items():
        ran = vendored(tmp_path / name, *arguments)
        assert ran.code == 0, ran.told
    done = run_in(tmp_path, [sys.executable, "-c", IMPORT_ALL, *ORDERS])
    assert done.returncode == 0, done.stderr
    ruff: list[str | Path] = [
        BIN / "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--ignore-noqa",
        "--select=F",
        "--ignore=F401",
    ]
    done = run_in(tmp_path, [*ruff, "."])
    assert done.returncode == 0, done.stdout
    for path in modules(tmp_path):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert resolves(path, node), f"{path}:{node.lineno}"
                for alias in node.names:
                    assert defines(path, node, alias.name), f"{path}:{node.lineno}: {alias.name}"


def defines(path: Path, node: ast.ImportFrom, name: str) -> bool:
    """Whether the module that a relative import names has a name, or is followed by a module of that name."""
    base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    if (base / f"{name}.py").is_file() or (base / name).is_dir():
        return True
    file = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
    return name in names_of(file)


@functools.cache
def names_of(file: Path) -> frozenset[str]:
    """What a module defines, imports or offers, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return frozenset(found)


def test_it_is_small(real_copy: Path) -> None:
    assert sum(path.stat().st_size for path in modules(real_copy)) < RAW
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for path in files_of(real_copy):
            packed.write(path, path.relative_to(real_copy))
    assert len(archive.getvalue()) < PACKED


@pytest.mark.parametrize("width", ["79", "88", "120"])
def test_formatters_and_linters_of_the_host_leave_it_alone(real_copy: Path, width: str) -> None:
    ruff = [BIN / "ruff"]
    done = run_in(real_copy, [*ruff, "format", "--isolated", "--no-cache", f"--line-length={width}", "--check", "."])
    assert done.returncode == 0, done.stdout
    done = run_in(
        real_copy, [*ruff, "check", "--isolated", "--no-cache", "--select=E,F,I,D,ANN,B,UP,N,SIM,PL,RUF", "."]
    )
    assert done.returncode == 0, done.stdout


def loaded(python: Path, folder: Path, package: str) -> set[str]:
    """The modules that importing a package loads, its own by the end of their names."""
    program = f"import sys; old = set(sys.modules); import {package}; print(*sorted(set(sys.modules) - old))"
    done = run_in(folder, [python, "-c", program])
    assert done.returncode == 0, done.stderr
    return {name.replace("xcaas_core", "_core").replace(f"{package}.", "") for name in done.stdout.split()} - {package}


def test_importing_it_loads_no_more_than_importing_the_sdk(real_copy: Path) -> None:
    python = Path(sys.executable)
    assert loaded(python, real_copy.parent, real_copy.name) <= loaded(python, real_copy.parent, "xcaas")


def test_importing_it_needs_python_alone(real_copy: Path, bare_python: Path) -> None:
    program = f"import {real_copy.name} as sdk; sdk.XCaaS, sdk.ClientCredentials, sdk.storage.models"
    done = run_in(real_copy.parent, [bare_python, "-S", "-c", program])
    assert done.returncode == 0, done.stderr


def test_a_copy_keeps_answers_apart_as_the_release_does(real_copy: Path) -> None:
    core = real_copy / "_core"
    assert "def guard(" in (core / "transport" / "_leftovers.py").read_text("utf-8")
    for module in ("_io_sync.py", "_io_async.py"):
        assert "guard(raw)" in (core / module).read_text("utf-8")
