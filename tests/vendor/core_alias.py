"""A pytest plugin that puts the core of a vendored copy in the place of `xcaas_core`.

    XCAAS_VENDORED_CORE=acme._vendor.xcaas._core pytest -p tests.vendor.core_alias tests/auth

With the copy on the import path, every test of core runs against it, and whatever
else imports core gets the same modules. Helpers for tests, which a copy has no need
of, are those of the SDK, at work on the copy's modules.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

CORE = Path(__file__).parents[2] / "core" / "xcaas_core"
VARIABLE = "XCAAS_VENDORED_CORE"
_NAME = "xcaas_core"


class _Alias(Loader):
    """Gives a module that is already there, under its own name, a second one."""

    def __init__(self, real: str) -> None:
        self._real = real
        self._own_spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._real) if find_spec(self._real) else _helper(self._real, spec.name)
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just described the module by its second name.
        module.__spec__ = self._own_spec


def _helper(real: str, name: str) -> ModuleType:
    """A module of the SDK's own core, as if it lay in the copy."""
    place = CORE.joinpath(*name.split(".")[1:])
    if "testing" not in place.relative_to(CORE).parts:
        raise ModuleNotFoundError(f"the copy holds no {real}", name=name)
    is_package = place.is_dir()
    file = place / "__init__.py" if is_package else place.with_suffix(".py")
    spec = spec_from_file_location(real, file, submodule_search_locations=[str(place)] if is_package else None)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[real] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Finder(MetaPathFinder):
    def __init__(self, real: str) -> None:
        self._real = real

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _NAME and not fullname.startswith(f"{_NAME}."):
            return None
        return ModuleSpec(fullname, _Alias(self._real + fullname.removeprefix(_NAME)))


if VARIABLE in os.environ:
    assert _NAME not in sys.modules, "core was imported before the plugin"
    sys.meta_path.insert(0, _Finder(os.environ[VARIABLE]))
