"""Bringing a folder up to date with a copy: what would change, what is in the way, and writing it in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..failure import Failure, unwritable
from ..package.staging import staging
from ._vendor_check import BASE, MANIFEST, Finding, base, compare, digest
from .base import pack
from .merge import Merged, merge
from .record import Record


@dataclass(frozen=True, slots=True)
class Update:
    """What a folder shall hold. `overwritten` and `merged` are files with edits, `conflicts` those of them
    that somebody has to look at; `extras` are the host's own files in the folder, which stay."""

    target: Path
    files: Mapping[str, bytes]
    extras: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def changed(self) -> list[str]:
        """Paths whose content changes, comes or goes."""
        return sorted(path for path, content in self.files.items() if _read(self.target / path) != content)


def plan_update(target: Path, old: Record | None, new: Record, texts: Mapping[str, str], how: str) -> Update:
    """Decide what becomes of each file. `how` says what happens to edits: "refuse", "force" or "merge".

    Raises:
        Failure: There are edits, and they may not be overwritten or can't be merged.
    """
    found = [item for item in compare(target, old.files) if item.path != BASE] if old else []
    edited = [item.path for item in found if item.kind == "modified"]
    strange = [item.path for item in found if item.kind == "extra"]
    fresh = {path: text.encode() for path, text in texts.items()}
    in_the_way = [path for path in (*edited, *strange) if path in fresh and _read(target / path) != fresh[path]]
    gone = [path for path in edited if path not in fresh]
    if how == "refuse" and (in_the_way or gone):
        raise Failure(_refusal(target, sorted(in_the_way + gone)))
    files = {**fresh, BASE: pack(fresh), MANIFEST: new.dump().encode()}
    _refuse_other_kinds(target, files)
    before = base(target)
    if before == fresh:
        files[BASE] = (target / BASE).read_bytes()  # compressed bytes differ between versions of zlib
    extras = [path for path in strange if path not in fresh]
    overwritten = sorted(in_the_way + gone) if how == "force" else []
    if how != "merge":
        return Update(target, files, tuple(extras), tuple(overwritten))
    merged = {path: _merged(target / path, before.get(path), fresh[path]) for path in in_the_way}
    files |= {path: result.content for path, result in merged.items()}
    # What is edited here and gone there is for the host to remove.
    conflicts = [*(path for path, result in merged.items() if result.conflicts), *gone]
    return Update(target, files, (*extras, *gone), merged=tuple(merged), conflicts=tuple(conflicts))


def _refuse_other_kinds(target: Path, paths: Iterable[str]) -> None:
    """Refuse a folder in the place of a file, and a file in the place of a folder: somebody's work could be in there."""
    for path in paths:
        place = target / path
        if place.is_dir():
            raise Failure(f"{place} is a folder, where the copy has a file; move it away")
        for parent in place.relative_to(target).parents:
            if (folder := target / parent).exists() and not folder.is_dir():
                raise Failure(f"{folder} is a file, where the copy has a folder; move it away")


def _merged(path: Path, before: bytes | None, fresh: bytes) -> Merged:
    if before is None:
        raise Failure(
            f"{path}: can't merge, because {BASE} does not have the file as it was before the edit; restore {BASE} from "
            "version control, move the edit out, or overwrite it with --force"
        )
    return merge(path, before, fresh)


def removed(update: Update, old: Record | None) -> list[str]:
    """Return the files of the old copy that the new one no longer has."""
    kept = {*update.files, *update.extras}
    return sorted(path for path in (old.files if old else ()) if path not in kept and (update.target / path).exists())


def write(update: Update) -> None:
    """Put everything in place in one step. Files that stay the same keep their modification time.

    Raises:
        Failure: The disk is full, or something else is in the way. The folder is as it was.
    """
    try:
        with staging(update.target) as tree:
            for path, content in update.files.items():
                if _read(update.target / path) == content:
                    tree.keep(path)
                else:
                    tree.write_bytes(path, content)
            for path in update.extras:
                _keep(update.target / path, tree.folder / path)
            tree.commit()
    except OSError as error:
        raise unwritable(update.target, error) from error


def outdated(old: Record, new: Record) -> list[Finding]:
    """Return the files that would be different, new or gone in a copy made today."""
    paths = {path for path in (*old.files, *new.files) if old.files.get(path) != new.files.get(path)}
    found = [Finding("outdated", path) for path in sorted(paths)]
    if not found and old.dump() != new.dump():
        found.append(Finding("outdated", MANIFEST))
    return found


def digests(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the hashes of texts, as the manifest lists them."""
    return {path: digest(text.encode()) for path, text in texts.items()}


def _keep(old: Path, new: Path) -> None:
    """Take over a file of the host's own, whatever its name."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _refusal(target: Path, paths: list[str]) -> str:
    listed = "\n".join(f"  {target / path}" for path in paths)
    return (
        f"files in {target} were edited; nothing was written:\n{listed}\n"
        "--merge carries the edits over, --force overwrites them, --diff shows what would change."
    )
