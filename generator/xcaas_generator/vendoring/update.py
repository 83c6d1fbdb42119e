"""Update of a folder to a new copy: changes, conflicts with edits, and replacement in one step."""

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
    """The new content of a folder. `overwritten` and `merged` are edited files, `conflicts` those with conflicts;
    `extras` are foreign files in the folder, which are kept."""

    target: Path
    files: Mapping[str, bytes]
    extras: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def changed(self) -> list[str]:
        """The paths of changed and new files."""
        return sorted(path for path, content in self.files.items() if _read(self.target / path) != content)


def plan_update(target: Path, old: Record | None, new: Record, texts: Mapping[str, str], on_edits: str) -> Update:
    """Plan the update of each file. `on_edits` says how to treat edits: "refuse", "force" or "merge".

    Raises:
        Failure: There are edits, and they may not be overwritten or can't be merged.
    """
    findings = [item for item in compare(target, old.files) if item.path != BASE] if old else []
    edited = [item.path for item in findings if item.kind == "modified"]
    foreign = [item.path for item in findings if item.kind == "extra"]
    fresh = {path: text.encode() for path, text in texts.items()}
    conflicting = [path for path in (*edited, *foreign) if path in fresh and _read(target / path) != fresh[path]]
    obsolete = [path for path in edited if path not in fresh]
    if on_edits == "refuse" and (conflicting or obsolete):
        raise Failure(_edits_message(target, sorted(conflicting + obsolete)))
    files = {**fresh, BASE: pack(fresh), MANIFEST: new.dump().encode()}
    _reject_other_kinds(target, files)
    originals = base(target)
    if originals == fresh:
        files[BASE] = (target / BASE).read_bytes()  # compressed bytes differ between versions of zlib
    extras = [path for path in foreign if path not in fresh]
    overwritten = sorted(conflicting + obsolete) if on_edits == "force" else []
    if on_edits != "merge":
        return Update(target, files, tuple(extras), tuple(overwritten))
    merged = {path: _merge_file(target / path, originals.get(path), fresh[path]) for path in conflicting}
    files |= {path: result.content for path, result in merged.items()}
    # Files that were edited, but are no longer in the copy, are conflicts, too.
    conflicts = [*(path for path, result in merged.items() if result.conflicts), *obsolete]
    return Update(target, files, (*extras, *obsolete), merged=tuple(merged), conflicts=tuple(conflicts))


def _reject_other_kinds(target: Path, paths: Iterable[str]) -> None:
    """Reject folders in place of files, and files in place of folders, which may contain foreign work."""
    for path in paths:
        file = target / path
        if file.is_dir():
            raise Failure(f"{file} is a folder, where the copy has a file; move it away")
        for parent in file.relative_to(target).parents:
            if (folder := target / parent).exists() and not folder.is_dir():
                raise Failure(f"{folder} is a file, where the copy has a folder; move it away")


def _merge_file(path: Path, original: bytes | None, fresh: bytes) -> Merged:
    if original is None:
        raise Failure(
            f"{path}: can't merge, because {BASE} does not have the file as it was before the edit; restore {BASE} from "
            "version control, move the edit out, or overwrite it with --force"
        )
    return merge(path, original, fresh)


def removed(update: Update, old: Record | None) -> list[str]:
    """Return the files of the old copy that are not in the new one."""
    remaining = {*update.files, *update.extras}
    return sorted(
        path for path in (old.files if old else ()) if path not in remaining and (update.target / path).exists()
    )


def write(update: Update) -> None:
    """Write an update in one step. Unchanged files keep their modification time.

    Raises:
        Failure: The disk is full, or there is another error. The folder is unchanged.
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
    """Return the files that are changed, added or removed in `new`."""
    paths = {path for path in (*old.files, *new.files) if old.files.get(path) != new.files.get(path)}
    findings = [Finding("outdated", path) for path in sorted(paths)]
    if not findings and old.dump() != new.dump():
        findings.append(Finding("outdated", MANIFEST))
    return findings


def digests(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the hashes of files, as in the record."""
    return {path: digest(text.encode()) for path, text in texts.items()}


def _keep(old: Path, new: Path) -> None:
    """Keep a foreign file, whatever its name."""
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


def _edits_message(target: Path, paths: list[str]) -> str:
    listed = "\n".join(f"  {target / path}" for path in paths)
    return (
        f"files in {target} were edited; nothing was written:\n{listed}\n"
        "--merge carries the edits over, --force overwrites them, --diff shows what would change."
    )
