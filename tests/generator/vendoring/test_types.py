"""Strict type checkers of the hosts report nothing in a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import BIN, FLAT, LAYERS, SITE, Host, run_in, run_vendor


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of mypy that all hosts share."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("host", [FLAT, SITE], ids=lambda host: host.name)
def test_mypy_strict_reports_nothing(host: Host, tmp_path: Path, bare_python: Path, cache: Path) -> None:
    root = host.create(tmp_path)
    run_vendor(root / host.into, *host.arguments)
    process = run_in(
        root,
        [
            BIN / "mypy",
            "--strict",
            "--python-version=3.11",
            f"--python-executable={bare_python}",
            f"--cache-dir={cache}",
            ".",
        ],
    )
    assert process.returncode == 0, process.stdout
    assert "no issues found" in process.stdout


def test_ty_reports_nothing(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    run_vendor(root / LAYERS.into, *LAYERS.arguments)
    process = run_in(
        root, [BIN / "ty", "check", "--python", bare_python, "--python-version=3.11", "--error-on-warning", "."]
    )
    assert process.returncode == 0, process.stdout
    assert "All checks passed" in process.stdout


def test_pyrefly_reports_nothing(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    run_vendor(root / LAYERS.into, *LAYERS.arguments)
    process = run_in(
        root, [BIN / "pyrefly", "check", f"--python-interpreter-path={bare_python}", "--python-version=3.11", "."]
    )
    assert process.returncode == 0, process.stdout
    assert "0 errors" in process.stdout + process.stderr


def test_pyright_strict_reports_nothing(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    run_vendor(root / LAYERS.into, *LAYERS.arguments)
    # A second copy, with other credentials, forms, and deprecated calls.
    run_vendor((root / LAYERS.into).with_name("keys"), "audit_records", "recent_calls", "quality_management")
    process = run_in(root, [BIN / "basedpyright", "--pythonpath", bare_python])
    assert process.returncode == 0, process.stdout
    assert "0 errors, 0 warnings" in process.stdout
