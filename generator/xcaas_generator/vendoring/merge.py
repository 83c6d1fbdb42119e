"""Three-way merge of edits in a copy with a newer version, by `git merge-file`."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..failure import Failure

_REFUSED = "git can't merge it; move the edit out, or overwrite it with --force"
_LABELS = ("edited here", "as it was", "as it is now")


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge. With `conflicts`, it contains conflict markers."""

    content: bytes
    conflicts: bool


def merge(path: Path, base: bytes, fresh: bytes) -> Merged:
    """Merge an edited file with its new version `fresh`. `base` is the version before the edit.

    Raises:
        Failure: git is missing, or can't merge the file.
    """
    edited = path.read_bytes().replace(b"\r\n", b"\n")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for file, content in zip(files, (edited, base, fresh), strict=True):
            file.write_bytes(content)
        labels = [word for label in _LABELS for word in ("-L", label)]
        command = ["git", "merge-file", "-p", *labels, *(file.name for file in files)]
        try:
            process = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        except FileNotFoundError:
            raise Failure("git is not installed; --merge needs it") from None
    if not 0 <= process.returncode <= 127:
        raise Failure(f"{path}: {_REFUSED} ({process.stderr.decode(errors='replace').strip()})")
    return Merged(process.stdout, process.returncode > 0)
