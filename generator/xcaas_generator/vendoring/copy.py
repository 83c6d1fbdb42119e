"""Assembly of a copy in memory, as reproducible files by path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from .. import manifest
from ..failure import Failure
from . import _vendor_check
from .modules import Import, Library, Module
from .originals import CORE, SUITE, Originals
from .reexports import without_names, without_products
from .relocate import LICENCE_LINE, relocated

CHECK = "_vendor_check.py"
LICENCE = "LICENSE"
RUFF = "ruff.toml"
_FEATURES = {
    "pydantic": Import(f"{CORE}.models._pydantic._schemas", "core_schema", "core_schema"),
    "sdk": Import(CORE, "sdk", "sdk"),
}
"""Features that can be added besides public names: support of pydantic in models, and `sdk`, for code that describes
operations of its own."""

ABSENT = "_absent"
_CORE_FOLDERS = ("_core", "_run_time", "_shared")
_RUFF_TEXT = f"""\
{LICENCE_LINE}# The files of this folder stay as they are: xcaas-vendor.toml has their hashes.
line-length = 120
target-version = "py311"

[lint.per-file-ignores]
"*" = ["ALL"]

[format]
exclude = ["*"]
"""


@dataclass(frozen=True, slots=True)
class Order:
    """The request for a copy: products of the suite, or the package of another document. `extras` are additional public
    names, which the products do not need."""

    products: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    spec: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The files of a copy, the hashes of its documents, and the number of refused operations."""

    files: Mapping[str, str]
    specs: Mapping[str, str]
    refused: int = 0


def copy_of_suite(order: Order, originals: Originals) -> Copy:
    """Return a copy of products of the suite, with `XCaaS` and `AsyncXCaaS`.

    Raises:
        Failure: A product or a name does not exist.
    """
    library = _library(SUITE, originals.suite, originals)
    available = {name.split(".")[1] for name in library.modules if re.fullmatch(rf"{SUITE}\.\w+\._product", name)}
    chosen = set(order.products)
    if unknown := sorted(chosen - available):
        hint = _hint(unknown[0], available)
        raise Failure(f"no product {', '.join(unknown)}{hint}; there are {', '.join(sorted(available))}", code=2)
    client = library.modules[f"{SUITE}._client"]
    library.replace(client, without_products(client, available - chosen))
    roots = [SUITE, client.name]
    roots += [name for name in library.modules if name.startswith(f"{SUITE}.") and name.split(".")[1] in chosen]
    roots += _extras(library, SUITE, order.extras)
    sections = manifest.load(originals.suite)
    specs = {product: sections[product].sha256 for product in sorted(chosen) if product in sections}
    return Copy(_files(library, SUITE, _needed(library, roots), originals), specs)


def copy_of_package(name: str, folder: Path, order: Order, specs: Mapping[str, str], originals: Originals) -> Copy:
    """Return a copy of a package that `xcaas-gen build` wrote, with the public names of core added to its own.

    Raises:
        Failure: A name does not exist.
    """
    library = _library(name, folder, originals)
    index = library.modules[name]
    library.replace(index, _with_core_names(index, library.modules[CORE]))
    roots = [module for module in library.modules if module.partition(".")[0] == name]
    roots += _extras(library, CORE, order.extras)
    return Copy(_files(library, name, _needed(library, roots), originals), specs)


def _library(name: str, folder: Path, originals: Originals) -> Library:
    library = Library()
    library.add_package(name, folder)
    library.add_package(CORE, originals.core)
    return library


def _needed(library: Library, roots: Iterable[str]) -> set[str]:
    """Return the modules that a copy needs. A package of core with a module `_absent` is replaced by that module if nothing
    else of the package is needed."""
    originals = dict(library.modules)
    absent = {name.rpartition(".")[0] for name in originals if name.endswith(f".{ABSENT}")}
    for package in absent:
        library.replace(originals[package], originals[f"{package}.{ABSENT}"].source)
    while True:
        present = library.needed(roots)
        used = {package for package in absent if any(name.startswith(f"{package}.") for name in present)}
        if not used:
            return present
        absent -= used
        library.modules |= {package: originals[package] for package in used}


def _extras(library: Library, root: str, names: Iterable[str]) -> list[str]:
    """Return the modules of additional public names."""
    modules: list[str] = []
    for name in names:
        import_ = _FEATURES.get(name) or library.modules[root].reexports.get(name)
        if import_ is None:
            hint = _hint(name, [*library.modules[root].reexports, *_FEATURES])
            raise Failure(f"{root} has no public name {name!r} to add{hint}; see its `__all__`", code=2)
        modules += library.all_targets(import_)
    return modules


def _hint(name: str, candidates: Iterable[str]) -> str:
    matches = get_close_matches(name, candidates, 1)
    return f" (did you mean {matches[0]}?)" if matches else ""


def _with_core_names(index: Module, core: Module) -> str:
    """Return the `__init__` of a package that also exports the names of core, like that of the suite."""
    own = {name: item for name, item in index.reexports.items() if name not in core.reexports}
    modules = {name: item.module.removeprefix(index.name).removeprefix(".") for name, item in own.items()}
    head = index.source.partition("\nfrom __future__")[0]
    lines = [head, "from __future__ import annotations", "", "from typing import TYPE_CHECKING", ""]
    lines += [f"import {CORE} as _core", f"from {CORE}.sdk import lazy_attributes", "", "if TYPE_CHECKING:"]
    lines += [f"    from .{module} import {name} as {name}" for name, module in modules.items()]
    lines += [f"    from {CORE} import (", *(f"        {name}," for name in sorted(core.reexports)), "    )"]
    lines += ["else:", "    __getattr__, __dir__ = lazy_attributes(", "        __name__,", "        {"]
    lines += [f'            "{name}": "{module}",' for name, module in modules.items()]
    lines += ["        },", "        _core,", "    )", "", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted({*own, *core.reexports})]
    return "\n".join([*lines, "]", ""])


def _files(library: Library, root: str, present: set[str], originals: Originals) -> dict[str, str]:
    """Return the files by path: relocated modules, the data that they read, the licence, and the check."""
    modules = [library.modules[name] for name in sorted(present)]
    core = _free_name(module for module in modules if _top(module) == root)
    files = {
        LICENCE: originals.licence,
        RUFF: _RUFF_TEXT,
        CHECK: LICENCE_LINE + Path(_vendor_check.__file__).read_text("utf-8"),
    }
    # Before any module is replaced: a name may be re-exported several times.
    missing = {module: library.missing_reexports(module, present) for module in modules}
    for module, names in missing.items():
        if names:
            library.replace(module, without_names(module, names))
        path = module.path if _top(module) == root else PurePosixPath(core) / module.path
        files[str(path)] = relocated(library.modules[module.name], path, core)
    return dict(sorted((files | _data(modules, root)).items()))


def _data(modules: list[Module], root: str) -> dict[str, str]:
    """Return data files of products that a module of core reads by name, such as examples for the fake server."""
    readers = [module.source for module in modules if _top(module) == CORE]
    files: dict[str, str] = {}
    for module in modules:
        if _top(module) == root and module.path.name == "__init__.py":
            for path in sorted(module.file.parent.glob("*.json")):
                if any(f'"{path.name}"' in source for source in readers):
                    files[str(module.path.parent / path.name)] = path.read_text("utf-8")
    return files


def _top(module: Module) -> str:
    return module.name.partition(".")[0]


def _free_name(modules: Iterable[Module]) -> str:
    """Return a free name for the folder of core."""
    taken = {module.path.parts[0].partition(".")[0] for module in modules}
    if CHECK.removesuffix(".py") in taken:
        raise Failure(f"a resource has the same name as {CHECK}; give it another name with x-xcaas-resource")
    return next(name for name in _CORE_FOLDERS if name not in taken)
