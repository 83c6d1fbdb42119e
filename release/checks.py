"""Checks before publishing: one version, a dated changelog, and metadata that the index displays well."""

from __future__ import annotations

import email
import re
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

__all__ = ["changelog_problem", "latest_entry", "metadata", "metadata_problems"]

_HEADING = re.compile(r"^## (?P<version>\S+)(?: - (?P<date>\d{4}-\d\d-\d\d))?$", re.MULTILINE)
_RELATIVE = re.compile(r"\]\((?!https:|#|mailto:)[^)\s]+\)")


def latest_entry(changelog: str) -> tuple[str, str | None]:
    """Return the version and the date of the first heading; `Unreleased` has no date.

    Raises:
        ValueError: There is no heading.
    """
    found = _HEADING.search(changelog)
    if found is None:
        raise ValueError("CHANGELOG.md has no heading")
    return found["version"], found["date"]


def changelog_problem(changelog: str, version: str) -> str | None:
    """Return why the changelog does not fit a version."""
    found, date = latest_entry(changelog)
    if (found, date is not None) == (version, True):
        return None
    return f"CHANGELOG.md begins with {found!r}, and not with '## {version} - ' and the date"


def metadata(file: Path) -> Message:
    """Return the metadata of a wheel or of a source distribution."""
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return email.message_from_bytes(archive.read(name))
    with tarfile.open(file) as archive:
        (info,) = (name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/PKG-INFO"))
        content = archive.extractfile(info)
        return email.message_from_bytes(content.read() if content else b"")


def metadata_problems(found: Message, version: str, address: str) -> Iterator[str]:
    """Yield what is wrong with the metadata of a file."""
    if found["Version"] != version:
        yield f"the version is {found['Version']}, not {version}"
    urls = dict(url.split(", ", 1) for url in found.get_all("Project-URL", []))
    if urls.get("Source") != address:
        yield f"the project URLs do not lead to {address}: {urls}"
    for text in _RELATIVE.findall(str(found.get_payload())):
        yield f"a link that leads nowhere on the index's page: {text}"
