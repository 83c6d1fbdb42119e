"""No import cycles, including imports for types, and no room with too many modules.

import-linter checks the order of rooms (`make lint`).
"""

from __future__ import annotations

from collections import Counter
from graphlib import TopologicalSorter

import grimp
import pytest

from tests.packaging.installing import ROOT

PACKAGES = ["xcaas_core", "xcaas_generator", "xcaas_sandbox"]
MAX_MODULES = 24


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_have_no_cycles(package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert sum(map(len, imports.values())) > len(imports) > 20
    TopologicalSorter(imports).prepare()


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_have_at_most_24_modules(package: str) -> None:
    (source,) = ROOT.glob(f"*/{package}/")
    modules = Counter(path.parent for path in source.rglob("*.py"))
    assert len(modules) > 1
    assert {folder: count for folder, count in modules.items() if count > MAX_MODULES} == {}
