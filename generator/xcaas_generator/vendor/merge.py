"""Edits made by hand in a copy, carried over to a newer one: a three-way merge by `git merge-file`.

The third text, what the file was before the edit, is looked for in the new copy (if
nothing changed there) and in the history of the host's repository.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..failure import Failure
from ._vendor_check import digest

_COMMITS = 400
_LABELS = ("edited here", "as it was", "as it is now")


@dataclass(frozen=True, slots=True)
class Merged:
    """With `conflicts`, the text holds markers around what somebody has to decide."""

    text: str
    conflicts: bool


def merge(target: Path, path: str, recorded: str, fresh: str) -> Merged:
    """Merge an edited file of a copy with its new text.

    Raises:
        Failure: There is no git, or nobody knows what the file was before the edit.
    """
    mine = (target / path).read_bytes().replace(b"\r\n", b"\n")
    theirs = fresh.encode()
    base = theirs if digest(theirs) == recorded else _from_history(target, path, recorded)
    if base is None:
        raise Failure(
            f"{target / path}: can't merge, no commit holds the file as it was before the edit; "
            "move the edit out, or overwrite it with --force"
        )
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for file, content in zip(files, (mine, base, theirs), strict=True):
            file.write_bytes(content)
        labels = [word for label in _LABELS for word in ("-L", label)]
        done = _git(Path(folder), ["merge-file", "-p", *labels, *(file.name for file in files)])
    if done.returncode < 0 or done.returncode > 127:
        raise Failure(f"{target / path}: git can't merge it: {done.stderr.decode(errors='replace').strip()}")
    return Merged(done.stdout.decode("utf-8", "replace"), done.returncode > 0)


def _from_history(target: Path, path: str, recorded: str) -> bytes | None:
    log = _git(target, ["log", f"-n{_COMMITS}", "--format=%H", "--", path])
    for commit in log.stdout.decode("ascii", "replace").split():
        shown = _git(target, ["show", f"{commit}:./{path}"])
        if shown.returncode == 0 and digest(shown.stdout) == recorded:
            return shown.stdout.replace(b"\r\n", b"\n")
    return None


def _git(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        raise Failure("git is not installed; --merge needs it") from None
