"""The site as it is built: nothing is missing, no link leads nowhere, and nothing comes from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from xcaas_site.hooks import GUIDES
from xcaas_site.pages import CREDENTIALS

ROOT = Path(__file__).parents[2]
MANIFEST = json.loads((ROOT / "generated" / "xcaas" / "_manifest.json").read_text("ascii"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: MkDocs refuses links and anchors that lead nowhere."""
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "-f",
        str(ROOT / "site" / "mkdocs.yml"),
        "-d",
        str(target),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    assert done.returncode == 0, done.stderr
    return target


def test_every_operation_is_there_with_what_opens_it(site: Path) -> None:
    for operation in MANIFEST["operations"]:
        page = (site / "reference" / operation["product"] / "index.html").read_text("utf-8")
        anchor = operation["call"].replace(".", "-").replace("_", "-")
        assert f'id="{anchor}"' in page, operation["call"]
    assert {name for one in MANIFEST["operations"] for names in one["security"] for name in names} == set(CREDENTIALS)


def test_every_guide_is_there(site: Path) -> None:
    for guide in (ROOT / "docs").glob("*.md"):
        assert (site / guide.stem / "index.html").is_file(), guide
    assert all(
        (ROOT / "docs" / page).is_file() or (site / page).with_suffix("").exists() for page in GUIDES["Start"][1:]
    )


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not re.findall(
            r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//[^"]+', page.read_text("utf-8")
        ), page


def test_programs_find_all_pages_in_one(site: Path) -> None:
    listed = (site / "llms.txt").read_text("utf-8")
    assert "](reference/storage/)" in listed
    whole = (site / "llms-full.txt").read_text("utf-8")
    assert all(operation["call"] in whole for operation in MANIFEST["operations"])
