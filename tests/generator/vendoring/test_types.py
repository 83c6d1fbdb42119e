"""Strict type checkers of the hosts look at a copy as at the host's own code, without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import BIN, FLAT, LAYERS, SITE, Host, run_in, vendored


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy learns of the libraries, which is the same in all hosts."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("host", [FLAT, SITE], ids=lambda host: host.name)
def test_mypy_strict(host: Host, tmp_path: Path, bare_python: Path, cache: Path) -> None:
    root = host.create(tmp_path)
    vendored(root / host.into, *host.arguments)
    done = run_in(
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
    assert done.returncode == 0, done.stdout
    assert "no issues found" in done.stdout


def test_ty(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    vendored(root / LAYERS.into, *LAYERS.arguments)
    done = run_in(
        root, [BIN / "ty", "check", "--python", bare_python, "--python-version=3.11", "--error-on-warning", "."]
    )
    assert done.returncode == 0, done.stdout
    assert "All checks passed" in done.stdout


def test_pyrefly(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    vendored(root / LAYERS.into, *LAYERS.arguments)
    done = run_in(
        root, [BIN / "pyrefly", "check", f"--python-interpreter-path={bare_python}", "--python-version=3.11", "."]
    )
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout + done.stderr


def test_pyright_strict(tmp_path: Path, bare_python: Path) -> None:
    root = LAYERS.create(tmp_path)
    vendored(root / LAYERS.into, *LAYERS.arguments)
    # Beside it, one with other credentials, forms, and deprecated calls.
    vendored((root / LAYERS.into).with_name("keys"), "audit_records", "recent_calls", "quality_management")
    done = run_in(root, [BIN / "basedpyright", "--pythonpath", bare_python])
    assert done.returncode == 0, done.stdout
    assert "0 errors, 0 warnings" in done.stdout
