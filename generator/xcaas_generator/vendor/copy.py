"""Putting a copy together, in memory: paths and texts, the same bytes for the same originals."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .. import manifest
from ..failure import Failure
from . import _vendor_check
from .foreign import without_foreign
from .modules import Import, Library, Module
from .needs import needed, strings
from .originals import CORE, SUITE, Originals
from .pick import pick, wanted_names
from .relocate import HEADER, relocated
from .trim import without_members, without_names, without_unused_imports

CHECK = "_vendor_check.py"
LICENCE = "LICENSE"
_CORE_NAMES = ("_core", "_run_time", "_shared")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be copied: products of the suite, each whole or limited to picked calls, or the package of
    one other document. `extras` are public names that nothing in the copy needs by itself."""

    products: tuple[str, ...] = ()
    picks: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    spec: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The files of a copy, and the hashes of the documents behind them."""

    files: Mapping[str, str]
    specs: Mapping[str, str]


def copy_of_suite(order: Order, originals: Originals) -> Copy:
    """Products of the suite under `XCaaS` and `AsyncXCaaS`.

    Raises:
        Failure: A product, a call or a name does not exist.
    """
    library = _library(SUITE, originals.suite, originals)
    chosen = _products(library, order)
    client = library.modules[f"{SUITE}._client"]
    text = without_members(client.source, lambda _, name: name in _known(library) and name not in chosen)
    library.replace(client, without_unused_imports(text))
    roots = {SUITE, client.name}
    for product in chosen:
        roots |= _product_roots(library, f"{SUITE}.{product}", _paths(order, product))
    found = needed(library, roots, wanted_names(library, SUITE, order.extras))
    sections = manifest.load(originals.suite)
    specs = {product: sections[product].sha256 for product in sorted(chosen) if product in sections}
    return Copy(_files(library, SUITE, found, originals), specs)


def copy_of_package(name: str, folder: Path, order: Order, specs: Mapping[str, str], originals: Originals) -> Copy:
    """A package that `xcaas-gen build` made, with core's public names beside its own.

    Raises:
        Failure: A call or a name does not exist.
    """
    library = _library(name, folder, originals)
    index = library.modules[name]
    library.replace(index, _with_core_names(index, library.modules[CORE]))
    roots = {name, *_product_roots(library, name, [tuple(path.split(".")) for path in order.picks])}
    found = needed(library, roots, wanted_names(library, CORE, order.extras))
    return Copy(_files(library, name, found, originals), specs)


def _library(name: str, folder: Path, originals: Originals) -> Library:
    library = Library()
    library.add_package(name, folder)
    library.add_package(CORE, originals.core)
    return library


def _own_words(library: Library, found: Iterable[str]) -> None:
    """Cut what names foreign libraries out of the modules of core."""
    for name in found:
        if name.partition(".")[0] == CORE:
            module = library.modules[name]
            text = without_foreign(module)
            if text != module.source:
                library.replace(module, text)


def _known(library: Library) -> frozenset[str]:
    names = (name.split(".") for name in library.modules)
    return frozenset(parts[1] for parts in names if len(parts) == 3 and parts[0] == SUITE and parts[2] == "_product")


def _products(library: Library, order: Order) -> frozenset[str]:
    chosen = {*order.products, *(path.partition(".")[0] for path in order.picks)}
    unknown = sorted(chosen - _known(library))
    if unknown:
        raise Failure(f"no product {', '.join(unknown)}; there are {', '.join(sorted(_known(library)))}", code=2)
    return frozenset(chosen)


def _paths(order: Order, product: str) -> list[tuple[str, ...]]:
    paths = [tuple(path.split(".")) for path in order.picks]
    return [path[1:] for path in paths if path[0] == product]


def _product_roots(library: Library, package: str, calls: list[tuple[str, ...]]) -> set[str]:
    """The modules of a product that are there in any case. Its models come with what needs them."""
    if calls:
        return {package, f"{package}._product", *pick(library, package, calls)}
    return {name for name in library.modules if name == package or name.startswith(f"{package}.")}


def _with_core_names(index: Module, core: Module) -> str:
    """The `__init__` of a package, made to offer core's names as that of the suite does."""
    own = {name: imported for name, imported in index.index.items() if name not in core.public}
    doc = ast.get_docstring(index.tree, clean=False) or ""
    lines = [ast.unparse(ast.Expr(ast.Constant(doc))), "", "from __future__ import annotations", ""]
    lines += [
        "from typing import TYPE_CHECKING",
        "",
        f"import {CORE} as _core",
        f"from {CORE}.sdk import lazy_attributes",
    ]
    lines += ["", "if TYPE_CHECKING:"]
    lines += [f"    {_import(imported, index)}" for imported in own.values()]
    lines += [f"    from {CORE} import {name} as {name}" for name in sorted(core.public)]
    lines += ["else:", "    __getattr__, __dir__ = lazy_attributes(", "        __name__,", "        {"]
    lines += [f'            "{name}": "{_home(imported, index)}",' for name, imported in own.items()]
    lines += ["        },", "        _core,", "    )", "", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted({*own, *core.public})]
    return "\n".join([*lines, "]", ""])


def _home(imported: Import, index: Module) -> str:
    return imported.module.removeprefix(index.name).removeprefix(".")


def _import(imported: Import, index: Module) -> str:
    return f"from .{_home(imported, index)} import {imported.name} as {imported.name}"


def _files(library: Library, root: str, found: Iterable[str], originals: Originals) -> dict[str, str]:
    """Texts by path: the modules in their places, the data that they read, the licence and the check."""
    found = list(found)
    _own_words(library, found)
    modules = [library.modules[name] for name in sorted(found)]
    core = PurePosixPath(_free_name(modules, root))
    kept = {module.name for module in modules}
    files: dict[str, str] = {}
    for module in modules:
        homes = {name: library.home(imported) for name, imported in module.index.items()}
        gone = {name for name, home in homes.items() if home is not None and home not in kept}
        if gone:
            library.replace(module, without_names(module.source, gone))
        here = module.path if module.name.partition(".")[0] == root else core / module.path
        files[str(here)] = relocated(library.modules[module.name], here, core)
    files |= _data(modules, root)
    files[LICENCE] = originals.licence
    files[CHECK] = HEADER + Path(_vendor_check.__file__).read_text("utf-8")
    return dict(sorted(files.items()))


def _data(modules: list[Module], root: str) -> dict[str, str]:
    """Files beside the products' modules that a module reads by name, such as examples for fakes."""
    read = {text for module in modules if module.name.partition(".")[0] == CORE for text in strings(module.nodes)}
    found: dict[str, str] = {}
    for module in modules:
        if module.is_package and module.name.partition(".")[0] == root and isinstance(module.origin, Path):
            for path in sorted(module.origin.parent.glob("*.json")):
                if path.name in read:
                    found[str(module.path.parent / path.name)] = path.read_text("utf-8")
    return found


def _free_name(modules: Iterable[Module], root: str) -> str:
    """A name for core that no module of the package has."""
    taken = {module.path.parts[0].partition(".")[0] for module in modules if module.name.partition(".")[0] == root}
    if CHECK.removesuffix(".py") in taken:
        raise Failure(f"a resource is named like {CHECK}; give it another name with x-xcaas-resource")
    return next(name for name in _CORE_NAMES if name not in taken)
