"""Unpacking untrusted archives.

An archive is checked completely before anything is written: names outside the folder, links
and devices, names that collide where case is ignored, too many entries, too much content.
Declared sizes may be wrong, but `zipfile` unpacks no more than declared, and then finds
that the checksum does not match.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from .._checks import check_path
from .._errors import ArchiveError, DownloadError, XCaaSError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zipfile import ZipFile, ZipInfo

__all__ = ["unzip"]

_BLOCK: Final = 1 << 20
_RATIO_FLOOR: Final = 10 << 20  # bytes; below, a high ratio is harmless


def unzip(
    path: str | os.PathLike[str],
    into: str | os.PathLike[str],
    *,
    max_entries: int = 100_000,
    max_bytes: int = 20 << 30,
    max_ratio: float = 200.0,
) -> list[Path]:
    """Unpack a zip archive, such as a bulk download, into a folder, creating it if needed.

    Existing files of the same name are replaced atomically. Two entries of the same name
    are both kept, the second as `name (2).ext`.

    Args:
        path: The archive.
        into: The folder.
        max_entries: Maximum number of entries.
        max_bytes: Maximum bytes of content in total.
        max_ratio: Maximum bytes of content per byte of archive.

    Returns:
        The files, in the archive's order.

    Raises:
        ArchiveError: The archive is damaged or breaks one of the limits, or an entry would land
            outside `into` or is not a plain file or folder. Unless the damage shows only in the
            middle, nothing has been written; files unpacked before that are removed again.
        DownloadError: A file cannot be written.
        OSError: The archive cannot be read, or `into` cannot be created.
    """
    import struct
    from zipfile import BadZipFile, ZipFile

    path, folder = check_path(path), check_path(into, "into")
    try:
        with ZipFile(path) as archive:
            entries = _safe_entries(archive, os.path.getsize(path), max_entries, max_bytes, max_ratio)
            folder.mkdir(parents=True, exist_ok=True)
            return _unpack(archive, entries, folder.resolve())
    except (BadZipFile, EOFError, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        if isinstance(error, XCaaSError):
            raise
        raise ArchiveError(
            f"{str(path)!r} is not a usable zip archive: {error}", advice="Download it again."
        ) from error
    except OSError as error:
        # Offsets before the start of the archive.
        if isinstance(error, XCaaSError) or error.errno != errno.EINVAL:
            raise
        raise ArchiveError(
            f"{str(path)!r} is not a usable zip archive: {error}", advice="Download it again."
        ) from error


def _safe_entries(
    archive: ZipFile, size: int, max_entries: int, max_bytes: int, max_ratio: float
) -> list[tuple[ZipInfo, tuple[str, ...]]]:
    """Return the files of the archive with their path parts. Raises ArchiveError if anything is unsafe."""
    infos = archive.infolist()
    if len(infos) > max_entries:
        raise ArchiveError(f"the archive has {len(infos)} entries, more than {max_entries}")
    content = sum(info.file_size for info in infos)
    if content > max_bytes:
        raise ArchiveError(f"the archive holds {content} bytes, more than {max_bytes}")
    if content > _RATIO_FLOOR and content > max_ratio * size:
        raise ArchiveError(f"the archive holds {content} bytes in {size}, a ratio above {max_ratio:g}")
    taken: dict[str, int] = {}
    files: list[tuple[ZipInfo, tuple[str, ...]]] = []
    for info in infos:
        parts = _safe_parts(info)
        if not info.is_dir():
            files.append((info, _free_name(parts, taken)))
    folders = {"/".join(parts[:depth]).casefold() for _, parts in files for depth in range(1, len(parts))}
    for info, parts in files:
        if "/".join(parts).casefold() in folders:
            raise ArchiveError(f"{info.filename!r} is both a file and a folder")
    return files


def _safe_parts(info: ZipInfo) -> tuple[str, ...]:
    name = info.filename.replace("\\", "/")
    kind = (info.external_attr >> 16) & 0o170000
    if kind not in (0, 0o100000, 0o040000):
        raise ArchiveError(f"{info.filename!r} is a link or a device, not a file")
    if info.flag_bits & 0x1:
        raise ArchiveError(f"{info.filename!r} is encrypted")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    drive = len(name) > 1 and name[1] == ":"
    if name.startswith("/") or drive or ".." in parts or not parts or any(not part.isprintable() for part in parts):
        raise ArchiveError(f"{info.filename!r} would land outside the folder, or has no proper name")
    return parts


def _free_name(parts: tuple[str, ...], taken: dict[str, int]) -> tuple[str, ...]:
    """Return the path, numbered if an earlier entry has the same one, ignoring case.

    `taken` has the last number of each name: trying all of them again would take quadratic time.
    """
    stem, dot, ending = parts[-1].rpartition(".")
    if not stem:
        stem, dot, ending = parts[-1], "", ""
    original = "/".join(parts).casefold()
    free, key, number = parts, original, taken.get(original, 1)
    while key in taken:
        number += 1
        free = (*parts[:-1], f"{stem} ({number}){dot}{ending}")
        key = "/".join(free).casefold()
    taken[original] = number
    taken.setdefault(key, 1)
    return free


def _unpack(archive: ZipFile, entries: list[tuple[ZipInfo, tuple[str, ...]]], folder: Path) -> list[Path]:
    done: list[Path] = []
    try:
        for info, parts in entries:
            target = folder.joinpath(*parts)
            _make_folder(info, target.parent, folder)
            _unpack_entry(archive, info, target)
            done.append(target)
    except BaseException:
        for target in done:
            target.unlink(missing_ok=True)
        raise
    return done


def _make_folder(info: ZipInfo, parent: Path, folder: Path) -> None:
    """Create the folder of an entry, but not through an existing link to elsewhere."""
    try:
        is_inside = parent.resolve().is_relative_to(folder)
        if is_inside:
            parent.mkdir(parents=True, exist_ok=True)
    except RuntimeError:  # a cycle of links
        is_inside = False
    except OSError as error:
        raise _write_error(parent, error) from error
    if not is_inside:
        raise ArchiveError(f"{info.filename!r} would land outside the folder, through a link in it")


def _write_error(target: Path, error: OSError) -> DownloadError:
    return DownloadError(f"{str(target)!r} cannot be written: {error.strerror or error}")


def _unpack_entry(archive: ZipFile, info: ZipInfo, target: Path) -> None:
    from .._partial_file import PartialFile

    file = PartialFile(target)
    try:
        file.open()
        for data in _read_entry(archive, info):
            file.write(data)
        file.commit()
    except OSError as error:
        if isinstance(error, XCaaSError):
            raise
        raise _write_error(target, error) from error
    finally:
        file.discard()


def _read_entry(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    """Yield the content of an entry. Each compression method raises its own errors, some also OSError."""
    import lzma
    import zlib

    try:
        with archive.open(info) as source:
            while data := source.read(_BLOCK):
                yield data
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise ArchiveError(f"{info.filename!r} is damaged: {error}", advice="Download it again.") from error
