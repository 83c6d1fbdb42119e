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
    match = _HEADING.search(changelog)
    if match is None:
        raise ValueError("CHANGELOG.md has no heading")
    return match["version"], match["date"]


def changelog_problem(changelog: str, version: str) -> str | None:
    """Return the problem if the changelog does not begin with this version and a date; None if it does."""
    latest, date = latest_entry(changelog)
    if (latest, date is not None) == (version, True):
        return None
    return f"CHANGELOG.md begins with {latest!r}, and not with '## {version} - ' and the date"


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


def metadata_problems(message: Message, version: str, address: str) -> Iterator[str]:
    """Yield the problems of a file's metadata."""
    if message["Version"] != version:
        yield f"the version is {message['Version']}, not {version}"
    urls = dict(url.split(", ", 1) for url in message.get_all("Project-URL", []))
    if urls.get("Source") != address:
        yield f"the project URLs do not lead to {address}: {urls}"
    for text in _RELATIVE.findall(str(message.get_payload())):
        yield f"a link that leads nowhere on the index's page: {text}"
