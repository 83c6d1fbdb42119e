from __future__ import annotations

import os
from pathlib import Path

import pytest

from xcaas_generator.failure import Failure
from xcaas_generator.package.staging import Staging, staging


def test_a_new_tree_takes_its_place_at_once(tmp_path: Path) -> None:
    target = tmp_path / "pets"
    with staging(target) as tree:
        tree.write("models/_pet.py", "x = 1\n")
        assert not target.exists()
        tree.commit()
    assert (target / "models" / "_pet.py").read_text() == "x = 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["pets"]


def test_unchanged_files_keep_their_time_and_removed_ones_go(tmp_path: Path) -> None:
    target = made(tmp_path / "pets", {"_a.py": "a", "_b.py": "b", "_c.py": "c"})
    os.utime(target / "_a.py", (1, 1))
    with staging(target) as tree:
        tree.write("_a.py", "a")
        tree.write("_b.py", "changed")
        assert tree.differing() == ["_b.py", "_c.py"]
        tree.commit()
    assert (target / "_a.py").stat().st_mtime == 1
    assert sorted(path.name for path in target.iterdir()) == ["_a.py", "_b.py"]


def test_a_failure_leaves_the_old_tree(tmp_path: Path) -> None:
    target = made(tmp_path / "pets", {"_a.py": "old"})
    with pytest.raises(Failure, match="not a plain path"), staging(target) as tree:
        write_some_and_fail(tree)
    assert (target / "_a.py").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["pets"]


@pytest.mark.parametrize(
    "path", ["../a.py", "/a.py", "a/../../b.py", "a//b.py", "", "a.py\n", ".hidden", "a\\b.py", "a.b.py"]
)
def test_no_file_leaves_the_tree(tmp_path: Path, path: str) -> None:
    with staging(tmp_path / "pets") as tree, pytest.raises(Failure, match="not a plain path"):
        tree.write(path, "x")


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    real = made(tmp_path / "real", {"_a.py": "a"})
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(Failure, match="symbolic link"), staging(tmp_path / "link"):
        pass
    (real / "_b.py").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure, match="symbolic link"), staging(real):
        pass


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pets").write_text("mine")
    with pytest.raises(Failure, match="not a folder"), staging(tmp_path / "pets"):
        pass


def test_a_swap_that_a_crash_cut_in_two_is_undone(tmp_path: Path) -> None:
    made(tmp_path / ".pets.old.xcaas-tmp", {"_a.py": "old"})
    with staging(tmp_path / "pets"):
        assert (tmp_path / "pets" / "_a.py").read_text() == "old"


def test_trees_of_killed_runs_are_removed_when_they_are_old(tmp_path: Path) -> None:
    stale = made(tmp_path / ".pets.abc.xcaas-tmp", {"_a.py": "x"})
    young = made(tmp_path / ".pets.def.xcaas-tmp", {"_a.py": "x"})
    os.utime(stale, (1, 1))
    with staging(tmp_path / "pets"):
        assert not stale.exists()
        assert young.exists()


def write_some_and_fail(tree: Staging) -> None:
    tree.write("_a.py", "new")
    tree.write("../_b.py", "out")


def made(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder
