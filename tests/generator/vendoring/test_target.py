"""Target folders of copies: which are accepted, and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import SMALL, run_vendor


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").touch()
    return root


def test_new_and_empty_folders_are_accepted(project: Path) -> None:
    (project / "empty").mkdir()
    (project / "package").mkdir()
    (project / "package" / "__init__.py").touch()
    for name in ("new", "empty", "package"):
        assert run_vendor(project / name, "oauth", originals=SMALL).code == 0


@pytest.mark.parametrize("mode", ["--force", "--merge", "--diff"])
def test_foreign_folders_are_refused(project: Path, mode: str) -> None:
    foreign = project / "src"
    foreign.mkdir()
    (foreign / "app.py").write_text("print()\n")
    result = run_vendor(foreign, "oauth", mode, originals=SMALL)
    assert result.code == 1
    assert "did not write" in result.output
    assert [path.name for path in foreign.iterdir()] == ["app.py"]


def test_a_file_as_target_is_refused(project: Path) -> None:
    (project / "clients").write_text("")
    assert run_vendor(project / "clients", "oauth", originals=SMALL).code == 1


def test_symbolic_links_are_refused(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "clients").symlink_to(outside, target_is_directory=True)
    for target in (project / "clients", project / "clients" / "xcaas"):
        result = run_vendor(target, "oauth", originals=SMALL)
        assert result.code == 1
        assert "symbolic link" in result.output
    assert list(outside.iterdir()) == []


def test_broken_symbolic_links_are_refused(project: Path, tmp_path: Path) -> None:
    (project / "clients").symlink_to(tmp_path / "nowhere")
    assert run_vendor(project / "clients", "oauth", originals=SMALL).code == 1
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mode", [(), ("--force",), ("--merge",)])
def test_symbolic_links_inside_a_copy_are_refused(project: Path, tmp_path: Path, mode: tuple[str, ...]) -> None:
    target = project / "clients"
    run_vendor(target, "oauth", originals=SMALL)
    outside = tmp_path / "outside.py"
    outside.write_text("theirs\n")
    (target / "_client.py").unlink()
    (target / "_client.py").symlink_to(outside)
    assert run_vendor(target, "oauth", *mode, originals=SMALL).code == 1
    assert outside.read_text() == "theirs\n"


@pytest.mark.parametrize("name", ["with-hyphen", "class", "1st", "two words"])
def test_invalid_package_names_are_refused(project: Path, name: str) -> None:
    result = run_vendor(project / name, "oauth", originals=SMALL)
    assert result.code == 2
    assert not (project / name).exists()


def test_long_paths_are_refused(project: Path) -> None:
    deep = project / "/".join(["a" * 30] * 3)
    result = run_vendor(deep, "storage", originals=SMALL)
    assert result.code == 1
    assert "characters" in result.output
    assert not (project / ("a" * 30)).exists()
    assert run_vendor(project / "/".join(["a" * 20] * 3), "storage", originals=SMALL).code == 0


def test_a_broken_manifest_is_refused(project: Path) -> None:
    target = project / "clients"
    run_vendor(target, "oauth", originals=SMALL)
    for text in ("format = 99\n", "not toml", "format = 1\nfiles = 3\n"):
        (target / "xcaas-vendor.toml").write_text(text)
        result = run_vendor(target, "oauth", "--force", originals=SMALL)
        assert result.code == 1
        assert "xcaas-vendor.toml" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give at least one product"),
        (("storgae",), "no product storgae (did you mean storage?); there are"),
        (("storage", "--with", "nonsense"), "nonsense"),
        (("storage", "--spec", "x.yaml"), "not both"),
        (("--spec", "nowhere.yaml"), "no such file"),
        (("storage", "--check"), "no vendored client"),
    ],
)
def test_wrong_usage_is_explained(project: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run_vendor(project / "clients", *arguments, originals=SMALL)
    assert result.code == 2
    assert message in result.output
    assert not (project / "clients").exists()
