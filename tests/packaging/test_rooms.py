"""No circle of modules, imports for types counted, and rooms that can be taken in at a glance.

The order of rooms is import-linter's to hold (`make lint`).
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
def test_no_module_imports_itself_by_way_of_others(package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert sum(map(len, imports.values())) > len(imports) > 20
    TopologicalSorter(imports).prepare()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_is_crowded(package: str) -> None:
    (source,) = ROOT.glob(f"*/{package}/")
    modules = Counter(path.parent for path in source.rglob("*.py"))
    assert len(modules) > 1
    assert {folder: number for folder, number in modules.items() if number > MAX_MODULES} == {}
