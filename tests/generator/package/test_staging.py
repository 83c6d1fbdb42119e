from __future__ import annotations

import os
from pathlib import Path

import pytest

from xcaas_generator.failure import Failure
from xcaas_generator.package.staging import Staging, staging


def test_commit_creates_the_target(tmp_path: Path) -> None:
    target = tmp_path / "pets"
    with staging(target) as tree:
        tree.write("models/_pet.py", "x = 1\n")
        assert not target.exists()
        tree.commit()
    assert (target / "models" / "_pet.py").read_text() == "x = 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["pets"]


def test_unchanged_files_keep_their_modification_time(tmp_path: Path) -> None:
    target = write_tree(tmp_path / "pets", {"_a.py": "a", "_b.py": "b", "_c.py": "c"})
    os.utime(target / "_a.py", (1, 1))
    with staging(target) as tree:
        tree.write("_a.py", "a")
        tree.write("_b.py", "changed")
        assert tree.differing() == ["_b.py", "_c.py"]
        tree.commit()
    assert (target / "_a.py").stat().st_mtime == 1
    assert sorted(path.name for path in target.iterdir()) == ["_a.py", "_b.py"]


def test_failures_keep_the_old_tree(tmp_path: Path) -> None:
    target = write_tree(tmp_path / "pets", {"_a.py": "old"})
    with pytest.raises(Failure, match="not a plain path"), staging(target) as tree:
        write_some_and_fail(tree)
    assert (target / "_a.py").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["pets"]


@pytest.mark.parametrize(
    "path", ["../a.py", "/a.py", "a/../../b.py", "a//b.py", "", "a.py\n", ".hidden", "a\\b.py", "a.b.py"]
)
def test_paths_outside_the_tree_are_refused(tmp_path: Path, path: str) -> None:
    with staging(tmp_path / "pets") as tree, pytest.raises(Failure, match="not a plain path"):
        tree.write(path, "x")


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    real = write_tree(tmp_path / "real", {"_a.py": "a"})
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(Failure, match="symbolic link"), staging(tmp_path / "link"):
        pass
    (real / "_b.py").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure, match="symbolic link"), staging(real):
        pass


def test_a_file_as_target_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pets").write_text("mine")
    with pytest.raises(Failure, match="not a folder"), staging(tmp_path / "pets"):
        pass


def test_an_interrupted_replacement_is_undone(tmp_path: Path) -> None:
    write_tree(tmp_path / ".pets.old.xcaas-tmp", {"_a.py": "old"})
    with staging(tmp_path / "pets"):
        assert (tmp_path / "pets" / "_a.py").read_text() == "old"


def test_old_trees_of_killed_runs_are_removed(tmp_path: Path) -> None:
    stale = write_tree(tmp_path / ".pets.abc.xcaas-tmp", {"_a.py": "x"})
    recent = write_tree(tmp_path / ".pets.def.xcaas-tmp", {"_a.py": "x"})
    os.utime(stale, (1, 1))
    with staging(tmp_path / "pets"):
        assert not stale.exists()
        assert recent.exists()


def write_some_and_fail(tree: Staging) -> None:
    tree.write("_a.py", "new")
    tree.write("../_b.py", "out")


def write_tree(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder
