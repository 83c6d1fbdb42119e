"""Metadata that depend on the repository's address: project URLs, and links of the README on the package index.

The build loads this file by its path (`tool.hatch.metadata.hooks.custom`). `XCAAS_REPOSITORY` contains the address;
without it, the README is unchanged. Wheels built from a source distribution keep its metadata.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

__all__ = ["VARIABLE", "RepositoryHook", "absolute", "project_urls", "web_address"]

VARIABLE = "XCAAS_REPOSITORY"
_LINK = re.compile(r"(?P<image>!?)(?P<label>\[[^\]]*\])\((?!https?:|#|mailto:)(?P<target>[^)\s]+)\)")


class RepositoryHook(MetadataHookInterface):
    """Sets the dynamic metadata `readme` and `urls`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the metadata that depend on the address."""
        readme = (Path(self.root) / "README.md").read_text("utf-8")
        if address := os.environ.get(VARIABLE, ""):
            tag = f"v{metadata['version']}"
            readme = absolute(readme, web_address(address), tag)
            metadata.setdefault("urls", project_urls(web_address(address), tag))
        else:
            metadata.setdefault("urls", {})
        metadata.setdefault("readme", {"content-type": "text/markdown", "text": readme})


def web_address(remote: str) -> str:
    """Return the web page of a repository, given its web page or the URL of a git remote.

    Raises:
        ValueError: It is neither.
    """
    match = re.fullmatch(r"(?:https://|ssh://git@|git@)([\w.-]+)[:/]([\w./-]+?)(?:\.git)?/?", remote)
    if match is None:
        raise ValueError(f"{remote!r} is no address of a repository: https://HOST/OWNER/NAME")
    return f"https://{match[1]}/{match[2]}"


def project_urls(address: str, tag: str) -> dict[str, str]:
    """Return the project links for the package index."""
    return {
        "Source": address,
        "Documentation": f"{address}/blob/{tag}/README.md",
        "Changelog": f"{address}/blob/{tag}/CHANGELOG.md",
        "Issues": f"{address}/issues",
        "Security": f"{address}/blob/{tag}/SECURITY.md",
    }


def absolute(text: str, address: str, tag: str) -> str:
    """Make the relative links of Markdown absolute: links into the repository at a tag."""

    def replace(match: re.Match[str]) -> str:
        view = "raw" if match["image"] else "blob"
        return f"{match['image']}{match['label']}({address}/{view}/{tag}/{match['target']})"

    return _LINK.sub(replace, text)
