"""Limiting a copy to calls: their methods and models, and what stands behind them, are all that is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vendor.hosts import SMALL, files_of, run_in, vendored
from xcaas_sandbox import Sandbox


def pick(target: Path, *calls: str) -> set[str]:
    arguments = [word for call in calls for word in ("--pick", call)]
    ran = vendored(target, *arguments, originals=SMALL)
    assert ran.code == 0, ran.told
    return {path.relative_to(target).as_posix() for path in files_of(target) if path.is_relative_to(target / "storage")}


BASE = {"storage/__init__.py", "storage/_client.py", "storage/_product.py", "storage/models/__init__.py"}


def test_models_are_those_that_the_call_reaches(tmp_path: Path) -> None:
    assert pick(tmp_path / "xcaas", "storage.objects.search") == BASE | {
        "storage/_objects.py",
        "storage/models/_file.py",
        "storage/models/_sort_direction.py",
        "storage/models/_tag.py",
    }


def test_operations_behind_a_call_come_with_their_models_but_without_their_methods(tmp_path: Path) -> None:
    found = pick(tmp_path / "xcaas", "storage.objects.pack")
    assert found == BASE | {"storage/_objects.py", "storage/_jobs.py", "storage/models/_job.py"}
    text = (tmp_path / "xcaas" / "storage" / "_jobs.py").read_text()
    assert "_STATUS" in text
    assert "_CANCEL" not in text
    assert "class" not in text
    assert "__all__" not in text


def test_a_resource_may_be_picked_whole(tmp_path: Path) -> None:
    found = pick(tmp_path / "xcaas", "storage.regions")
    assert found == BASE | {"storage/_regions.py", "storage/models/_region.py"}


def test_what_is_left_is_tidy(tmp_path: Path) -> None:
    pick(tmp_path / "xcaas", "storage.objects.search")
    text = (tmp_path / "xcaas" / "storage" / "_objects.py").read_text()
    assert text.partition("skip-file\n")[2] == (
        '''
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._core.sdk import (
    Operation,
    Resource,
)

if TYPE_CHECKING:
    from .models import File, SortDirection

__all__ = ["Objects"]

_SEARCH: Final[Operation[File]] = Operation("searchObjects", "[File]")


class Objects(Resource):
    """Stored files."""

    def search(self, *, sort: SortDirection | None = None) -> str:
        """Search objects. Not by Region."""
        return self._call(_SEARCH)
'''
    )
    index = (tmp_path / "xcaas" / "storage" / "models" / "__init__.py").read_text()
    assert index.endswith(
        """
if TYPE_CHECKING:
    from ._file import File as File
    from ._sort_direction import SortDirection as SortDirection
    from ._tag import Tag as Tag
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "File": "_file",
            "SortDirection": "_sort_direction",
            "Tag": "_tag",
        },
    )

__all__ = [
    "File",
    "SortDirection",
    "Tag",
]
"""
    )


def test_a_product_beside_a_picked_one_stays_whole(tmp_path: Path) -> None:
    target = tmp_path / "xcaas"
    assert vendored(target, "oauth", "--pick", "storage.objects.search", originals=SMALL).code == 0
    assert (target / "oauth" / "_client.py").is_file()
    assert not (target / "storage" / "_regions.py").exists()


@pytest.mark.parametrize("call", ["storage.objects.fetch", "storage.nothing", "storage.objects.search.deeper"])
def test_a_call_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path, call: str) -> None:
    ran = vendored(tmp_path / "xcaas", "--pick", call, originals=SMALL)
    assert ran.code == 2
    assert "objects.search" in ran.told
    assert not (tmp_path / "xcaas").exists()


PROGRAM = """
import sys
from clients import ClientCredentials, XCaaS

with XCaaS(credentials=ClientCredentials("eght_demo", "demo-secret"), base_url=sys.argv[1]) as client:
    ids = [item.id for item in client.storage.objects.search().limit(2)]
    print(len(client.storage.objects.download(ids[0]).read()) > 0)
    print(client.storage.bulk_downloads.download(object_ids=ids).wait(timeout=20).read()[:2])
    print(hasattr(client.storage, "regions"), hasattr(client.storage.objects, "delete"))
"""


def test_a_picked_poller_and_a_picked_download_find_the_operations_behind_them(
    tmp_path: Path, bare_python: Path, sandbox: Sandbox
) -> None:
    calls = ("objects.search", "objects.download", "bulk_downloads.download")
    arguments = [word for call in calls for word in ("--pick", f"storage.{call}")]
    assert vendored(tmp_path / "clients", *arguments).code == 0
    done = run_in(tmp_path, [bare_python, "-c", PROGRAM, sandbox.base_url])
    assert done.stdout == "True\nb'PK'\nFalse False\n", done.stderr
