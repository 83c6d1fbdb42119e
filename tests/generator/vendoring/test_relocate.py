"""Imports of core become relative; nothing else changes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from xcaas_generator.failure import Failure
from xcaas_generator.vendoring.modules import Module
from xcaas_generator.vendoring.relocate import LICENCE_LINE, relocated


def module(source: str, path: str) -> Module:
    return Module("xcaas.any", PurePosixPath(path), Path("unused"), source)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("_client.py", "from xcaas_core.sdk import A", "from ._core.sdk import A"),
        ("a/_client.py", "from xcaas_core.sdk import A", "from .._core.sdk import A"),
        ("a/models/_b.py", "    from xcaas_core import (\n  A,\n)", "    from ..._core import (\n  A,\n)"),
        ("__init__.py", "import xcaas_core as _core", "from . import _core"),
        ("a/b.py", "import xcaas_core as core", "from .. import _core as core"),
        ("a/b.py", "from xcaas_core_tools import A", "from xcaas_core_tools import A"),
        ("a/b.py", 'x = "from xcaas_core import A"', 'x = "from xcaas_core import A"'),
    ],
)
def test_imports_of_core_become_relative(path: str, before: str, after: str) -> None:
    start = "if True:\n    ü = 1\n" if before.startswith(" ") else ""
    result = relocated(module(f"{start}{before}\n", path), PurePosixPath(path), "_core")
    assert result == f"{LICENCE_LINE}{start}{after}\n"


@pytest.mark.parametrize(
    "source", ["import xcaas_core.sdk\n", "import os, xcaas_core\n", "x = 1; from xcaas_core import A\n"]
)
def test_other_forms_of_imports_are_refused(source: str) -> None:
    with pytest.raises(Failure, match=r"xcaas\.any:1"):
        relocated(module(source, "a.py"), PurePosixPath("a.py"), "_core")
