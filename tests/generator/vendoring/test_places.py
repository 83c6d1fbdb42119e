"""Where a copy may go, and where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import SMALL, vendored


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").touch()
    return root


def test_a_new_folder_an_empty_one_and_an_empty_package_will_do(project: Path) -> None:
    (project / "empty").mkdir()
    (project / "package").mkdir()
    (project / "package" / "__init__.py").touch()
    for name in ("new", "empty", "package"):
        assert vendored(project / name, "oauth", originals=SMALL).code == 0


@pytest.mark.parametrize("mode", ["--force", "--merge", "--diff"])
def test_a_folder_of_somebody_else_is_left_alone(project: Path, mode: str) -> None:
    theirs = project / "src"
    theirs.mkdir()
    (theirs / "app.py").write_text("print()\n")
    ran = vendored(theirs, "oauth", mode, originals=SMALL)
    assert ran.code == 1
    assert "did not write" in ran.told
    assert [path.name for path in theirs.iterdir()] == ["app.py"]


def test_a_file_is_no_folder(project: Path) -> None:
    (project / "clients").write_text("")
    assert vendored(project / "clients", "oauth", originals=SMALL).code == 1


def test_a_link_is_not_followed(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "clients").symlink_to(outside, target_is_directory=True)
    for target in (project / "clients", project / "clients" / "xcaas"):
        ran = vendored(target, "oauth", originals=SMALL)
        assert ran.code == 1
        assert "symbolic link" in ran.told
    assert list(outside.iterdir()) == []


def test_a_link_to_nowhere_is_not_followed(project: Path, tmp_path: Path) -> None:
    (project / "clients").symlink_to(tmp_path / "nowhere")
    assert vendored(project / "clients", "oauth", originals=SMALL).code == 1
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mode", [(), ("--force",), ("--merge",)])
def test_a_link_inside_a_copy_is_not_written_through(project: Path, tmp_path: Path, mode: tuple[str, ...]) -> None:
    target = project / "clients"
    vendored(target, "oauth", originals=SMALL)
    outside = tmp_path / "outside.py"
    outside.write_text("theirs\n")
    (target / "_client.py").unlink()
    (target / "_client.py").symlink_to(outside)
    assert vendored(target, "oauth", *mode, originals=SMALL).code == 1
    assert outside.read_text() == "theirs\n"


@pytest.mark.parametrize("name", ["with-hyphen", "class", "1st", "two words"])
def test_a_name_that_nobody_can_import_is_refused(project: Path, name: str) -> None:
    ran = vendored(project / name, "oauth", originals=SMALL)
    assert ran.code == 2
    assert not (project / name).exists()


def test_paths_stay_short(project: Path) -> None:
    deep = project / "/".join(["a" * 30] * 3)
    ran = vendored(deep, "storage", originals=SMALL)
    assert ran.code == 1
    assert "characters" in ran.told
    assert not (project / ("a" * 30)).exists()
    assert vendored(project / "/".join(["a" * 20] * 3), "storage", originals=SMALL).code == 0


def test_a_broken_manifest_is_not_guessed_at(project: Path) -> None:
    target = project / "clients"
    vendored(target, "oauth", originals=SMALL)
    for text in ("format = 99\n", "not toml", "format = 1\nfiles = 3\n"):
        (target / "xcaas-vendor.toml").write_text(text)
        ran = vendored(target, "oauth", "--force", originals=SMALL)
        assert ran.code == 1
        assert "xcaas-vendor.toml" in ran.told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give at least one product"),
        (("storgae",), "no product storgae (did you mean storage?); there are"),
        (("storage", "--with", "nonsense"), "nonsense"),
        (("storage", "--spec", "x.yaml"), "not both"),
        (("--spec", "nowhere.yaml"), "no such file"),
        (("storage", "--check"), "no vendored client"),
    ],
)
def test_wrong_usage_is_explained(project: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = vendored(project / "clients", *arguments, originals=SMALL)
    assert ran.code == 2
    assert says in ran.told
    assert not (project / "clients").exists()
