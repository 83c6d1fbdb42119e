"""Contents of a copy of the real `storage`: whole modules of the release, without imports from outside."""

from __future__ import annotations

import ast
import functools
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import BIN, files_of, run_in, run_vendor
from xcaas_generator.vendoring import _vendor_check
from xcaas_generator.vendoring._vendor_check import BASE, MANIFEST, digest
from xcaas_generator.vendoring.modules import is_all, is_typing_block
from xcaas_generator.vendoring.originals import installed

STORAGE_BYTES, STORAGE_MODULES = 702_000, 151
"""Maximum size and number of the Python files in a copy of `storage`. The goal is 500,000 bytes in 145 files, when
optional parts of core have imports of their own."""

# anyio is a dependency of httpx; typing_extensions is for type checkers.
MAY_IMPORT = {"httpx", "attrs", "dateutil", "anyio", "typing_extensions"}


def modules(copy: Path) -> list[Path]:
    return [path for path in files_of(copy) if path.suffix == ".py"]


def test_imports_are_relative_or_run_time_dependencies(real_copy: Path) -> None:
    for path in modules(real_copy):
        tree = ast.parse(path.read_text("utf-8"))
        optional = {id(node) for block in tree.body if is_typing_block(block) for node in ast.walk(block)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert is_resolvable(path, node), f"{path}:{node.lineno}"
                assert node.level <= len(path.relative_to(real_copy).parts)
            elif isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in optional:
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in node.names]
                for name in names:
                    top = name.partition(".")[0]
                    assert top in sys.stdlib_module_names or top in MAY_IMPORT, f"{path}: {name}"


def is_resolvable(path: Path, node: ast.ImportFrom) -> bool:
    """Return whether the module of a relative import exists, and its names that are modules."""
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


def test_modules_equal_the_release_except_for_imports(real_copy: Path) -> None:
    release = installed()
    for path in modules(real_copy):
        path_in_copy = path.relative_to(real_copy).as_posix()
        licence, _, text = path.read_text("utf-8").partition("\n")
        assert licence == "# SPDX-License-Identifier: Apache-2.0"
        if path_in_copy == "_vendor_check.py":
            original = Path(_vendor_check.__file__)
        elif path_in_copy.startswith("_core/"):
            original = release.core / path_in_copy.removeprefix("_core/")
        else:
            original = release.suite / path_in_copy
            text = re.sub(r"from \.+_core", "from xcaas_core", text)
            text = text.replace("from . import _core\n", "import xcaas_core as _core\n")
        if text != original.read_text("utf-8") and original.with_name("_absent.py").exists():
            original = original.with_name("_absent.py")
        if text != original.read_text("utf-8"):
            # Changed for the copy: without names, products and regions that are not in it.
            assert path.name == "__init__.py" or path_in_copy in ("_client.py", "_core/sdk.py")
            added = set(text.splitlines()) - set(original.read_text("utf-8").splitlines())
            assert [line for line in added if not line.startswith("    Region: TypeAlias = ")] == [], path_in_copy


def test_the_manifest_records_the_origin(real_copy: Path) -> None:
    manifest = tomllib.loads((real_copy / "xcaas-vendor.toml").read_text("utf-8"))
    published = json.loads((installed().suite / "_manifest.json").read_text("ascii"))
    assert manifest["products"] == ["storage"]
    assert manifest["extras"] == []
    assert manifest["made_with"]["sdk"]
    assert manifest["made_with"]["generator"].startswith("xcaas-gen ")
    assert manifest["specs"] == {"storage": published["specs"]["storage"]}
    files = manifest["files"]
    assert {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)} == {*files, MANIFEST, BASE}
    assert all(digest((real_copy / path).read_bytes()) == expected for path, expected in files.items())


def test_all_files_name_the_licence(real_copy: Path) -> None:
    for path in files_of(real_copy):
        if path.name not in ("LICENSE", BASE):
            assert path.read_text("utf-8").startswith("# SPDX-License-Identifier: Apache-2.0\n"), path
    assert "Apache License" in (real_copy / "LICENSE").read_text("utf-8")


def test_unneeded_modules_are_left_out(real_copy: Path) -> None:
    present = {path.relative_to(real_copy).as_posix() for path in files_of(real_copy)}
    for path in (
        "_core/testing/__init__.py",
        "_core/auth/tokens/caches/_redis.py",
        "_core/auth/credentials/_from_profile.py",
        "_core/downloads/_archive.py",
        "_core/tables/_rows.py",
        "_core/serialization/_binary_body.py",
        "_core/serialization/_form_body.py",
        "_core/serialization/_multipart.py",
        "_core/models/_unions/_codecs.py",
    ):
        assert path not in present
    assert not [path for path in present if path.startswith(("cc_", "oauth", "testing")) or path.endswith(".json")]
    assert "_core/auth/credentials/_from_env.py" in present, "from_env needs it"


def test_multipart_is_included_for_products_that_need_it(tmp_path: Path) -> None:
    assert run_vendor(tmp_path / "xcaas", "chat_gateway").code == 0
    assert (tmp_path / "xcaas" / "_core" / "serialization" / "_multipart.py").is_file()


def test_copies_include_names_that_docs_import(real_copy: Path) -> None:
    (public,) = (node for node in ast.parse((real_copy / "__init__.py").read_text("utf-8")).body if is_all(node))
    assert isinstance(public, ast.Assign)
    assert {"JSONValue", "Model", "UnknownModel", "__version__"} <= set(ast.literal_eval(public.value))


def test_with_adds_public_names(tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    assert run_vendor(target, "storage", "--with", "unzip").code == 0
    assert run_vendor(target, "--with", "testing").code == 0  # adds to the existing products and names
    for path in ("_core/downloads/_archive.py", "_core/testing/_server.py", "testing.py", "storage/_examples.json"):
        assert (target / path).is_file(), path
    index = (target / "__init__.py").read_text("utf-8")
    assert "        unzip,\n" in index
    assert "RedisTokenCache" not in index


def test_unknown_names_get_a_suggestion(tmp_path: Path) -> None:
    result = run_vendor(tmp_path / "xcaas", "operation")  # a package of core, not a product
    assert "no product operation;" in result.output
    assert "operations" not in result.output
    assert "'row' to add (did you mean rows?)" in run_vendor(tmp_path / "xcaas", "oauth", "--with", "row").output


def test_regions_are_those_of_the_products(real_copy: Path, bare_python: Path) -> None:
    assert 'Literal["ap", "ca", "uk", "us-east", "us-west"]' in (real_copy / "_client.py").read_text("utf-8")
    program = (
        f"import {real_copy.name} as sdk\n"
        "try: sdk.XCaaS(region='au')\n"
        "except sdk.ConfigurationError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    assert process.stdout == ("no product has the region 'au'. There are ap, ca, uk, us-east, us-west (storage).\n"), (
        process.stderr
    )


COPIES = {
    "forms": ("quality_management",),
    "keys": ("audit_records", "--with", "sdk"),
    "login": ("work_analytics", "oauth"),
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


def test_copies_define_all_names_that_they_use(tmp_path: Path) -> None:
    for name, arguments in COPIES.items():
        result = run_vendor(tmp_path / name, *arguments)
        assert result.code == 0, result.output
    process = run_in(tmp_path, [sys.executable, "-c", IMPORT_ALL, *COPIES])
    assert process.returncode == 0, process.stderr
    ruff: list[str | Path] = [
        BIN / "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--ignore-noqa",
        "--select=F",
        "--ignore=F401",
    ]
    process = run_in(tmp_path, [*ruff, "."])
    assert process.returncode == 0, process.stdout
    for path in modules(tmp_path):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert is_resolvable(path, node), f"{path}:{node.lineno}"
                for alias in node.names:
                    assert has_name(path, node, alias.name), f"{path}:{node.lineno}: {alias.name}"


def has_name(path: Path, node: ast.ImportFrom, name: str) -> bool:
    """Return whether the module of a relative import has this name, or a submodule of this name."""
    base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    if (base / f"{name}.py").is_file() or (base / name).is_dir():
        return True
    file = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
    return name in names_of(file)


@functools.cache
def names_of(file: Path) -> frozenset[str]:
    """Return all names that a module defines or imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    return frozenset(names)


def test_copies_are_small(real_copy: Path) -> None:
    sizes = [path.stat().st_size for path in modules(real_copy)]
    assert sum(sizes) <= STORAGE_BYTES
    assert len(sizes) <= STORAGE_MODULES


@pytest.mark.parametrize("width", ["79", "88", "120"])
def test_ruff_ignores_copies_with_all_rules(real_copy: Path, tmp_path: Path, width: str) -> None:
    (tmp_path / "src" / "host").mkdir(parents=True)
    (tmp_path / "src" / "host" / "__init__.py").write_text('# Copyright 2026 A host\n"""A host."""\n')
    settings = f'line-length = {width}\n[lint]\nselect = ["ALL"]\nignore = ["D203", "D213"]\n[format]\nquote-style = "single"\n'
    (tmp_path / "ruff.toml").write_text(settings)
    copy = tmp_path / "src" / "host" / "xcaas"
    shutil.copytree(real_copy, copy)
    ruff = [BIN / "ruff"]
    for command in (
        ["check", "--no-cache", "."],
        ["check", "--no-cache", "--select=ALL", "--quiet", "."],
        ["check", "--no-cache", "--select=ALL", "--quiet", *(str(path) for path in modules(copy))],
        ["format", "--no-cache", "--check", "."],
    ):
        process = run_in(tmp_path, [*ruff, *command])
        assert process.returncode == 0, process.stdout
    run_in(tmp_path, [*ruff, "check", "--no-cache", "--fix", "--unsafe-fixes", "."])
    run_in(tmp_path, [*ruff, "format", "--no-cache", "."])
    assert run_in(tmp_path, [sys.executable, copy / "_vendor_check.py"]).stdout == ""


def loaded_modules(python: Path, folder: Path, package: str) -> set[str]:
    """Return the modules that importing a package loads, its own ones without its name."""
    program = f"import sys; old = set(sys.modules); import {package}; print(*sorted(set(sys.modules) - old))"
    process = run_in(folder, [python, "-c", program])
    assert process.returncode == 0, process.stderr
    return {name.replace("xcaas_core", "_core").replace(f"{package}.", "") for name in process.stdout.split()} - {
        package
    }


def test_importing_a_copy_loads_no_more_than_the_sdk(real_copy: Path) -> None:
    python = Path(sys.executable)
    assert loaded_modules(python, real_copy.parent, real_copy.name) <= loaded_modules(python, real_copy.parent, "xcaas")


def test_importing_a_copy_needs_only_python(real_copy: Path, bare_python: Path) -> None:
    program = f"import {real_copy.name} as sdk; sdk.XCaaS, sdk.ClientCredentials, sdk.storage.models"
    process = run_in(real_copy.parent, [bare_python, "-S", "-c", program])
    assert process.returncode == 0, process.stderr


def test_copies_guard_against_leftover_responses(real_copy: Path) -> None:
    core = real_copy / "_core"
    assert "def guard(" in (core / "transport" / "_leftovers.py").read_text("utf-8")
    for module in ("_sync.py", "_async.py"):
        assert "guard(raw)" in (core / "transport" / module).read_text("utf-8")
