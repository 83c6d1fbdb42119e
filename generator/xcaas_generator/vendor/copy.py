"""Putting a copy together, in memory: paths and texts, the same bytes for the same originals."""

from __future__ import annotations

import ast
import gc
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .. import manifest
from ..failure import Failure
from . import _vendor_check
from .facts import Facts, facts_of
from .fold import folded
from .foreign import without_foreign
from .modules import Import, Library, Module
from .originals import CORE, SUITE, Originals
from .pick import pick
from .reach import Reached, reached
from .relocate import HEADER, relocated
from .shake import shaken, unreached
from .trim import without_members, without_names, without_unused_imports
from .wanted import OPERATIONS, wanted_names
from .words import without_words

CHECK = "_vendor_check.py"
LICENCE = "LICENSE"
_CORE_NAMES = ("_core", "_run_time", "_shared")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be copied: products of the suite, each whole or limited to picked calls, or the package of
    one other document. `extras` are public names that nothing in the copy needs by itself; with `comments`,
    private code keeps its comments and docstrings."""

    products: tuple[str, ...] = ()
    picks: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    spec: str | None = None
    comments: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """The files of a copy, and the hashes of the documents behind them."""

    files: Mapping[str, str]
    specs: Mapping[str, str]


@contextmanager
def _without_collector() -> Generator[None]:
    """Syntax trees are many objects without cycles. Looking for cycles takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collector()
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
    found = _reached(library, roots, wanted_names(library, SUITE, order.extras))
    sections = manifest.load(originals.suite)
    specs = {product: sections[product].sha256 for product in sorted(chosen) if product in sections}
    return Copy(_files(library, found, order, originals), specs)


@_without_collector()
def copy_of_package(name: str, folder: Path, order: Order, specs: Mapping[str, str], originals: Originals) -> Copy:
    """A package that `xcaas-gen build` made, with core's public names beside its own.

    Raises:
        Failure: A call or a name does not exist.
    """
    library = _library(name, folder, originals)
    index = library.modules[name]
    library.replace(index, _with_core_names(index, library.modules[CORE]))
    roots = {name, *_product_roots(library, name, [tuple(path.split(".")) for path in order.picks])}
    found = _reached(library, roots, wanted_names(library, CORE, order.extras))
    return Copy(_files(library, found, order, originals), specs)


def _library(name: str, folder: Path, originals: Originals) -> Library:
    library = Library(whole=name)
    library.add_package(name, folder)
    library.add_package(CORE, originals.core)
    for module in list(library.modules.values()):
        if module.name.partition(".")[0] == CORE and (text := without_foreign(module)) != module.source:
            library.replace(module, text)
    return library


def _reached(library: Library, roots: set[str], wanted: list[Import]) -> Reached:
    """What the copy holds, after everything went out of core that its documents don't use."""
    packages = tuple(name.removesuffix("_product") + "models." for name in roots if name.endswith("._product"))
    models = {name for name in library.modules if name.startswith(packages)}
    generated = [library.modules[name] for name in sorted(roots | models)]
    if any(one.module == f"{CORE}.{OPERATIONS}" for one in wanted):
        return reached(library, roots, wanted)
    core = {name: module for name, module in library.modules.items() if not library.is_taken_whole(name)}
    facts = facts_of(library, generated, wanted)
    found = _reached_with(library, facts, roots, wanted)
    if any(name in facts.unused for _, name in found.names):
        # Something that was asked for makes what no document wants, such as `credentials_from_profile`.
        library.modules |= core
        found = _reached_with(library, replace(facts, unused=frozenset()), roots, wanted)
    return found


def _reached_with(library: Library, facts: Facts, roots: set[str], wanted: list[Import]) -> Reached:
    for module in list(library.modules.values()):
        if not library.is_taken_whole(module.name) and (text := folded(module, facts)) != module.source:
            library.replace(module, text)
    return reached(library, roots, wanted)


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


def _files(library: Library, found: Reached, order: Order, originals: Originals) -> dict[str, str]:
    """Texts by path: the modules in their places, the data that they read, the licence and the check."""
    for name in sorted(found.modules):
        module = library.modules[name]
        if not library.is_taken_whole(name):
            text = shaken(library, module, found)
            if not order.comments:
                public = {name for home, name in found.open if home == module.name}
                text = without_words(text, public, is_index=bool(module.index))
            library.replace(module, text)
        elif gone := unreached(library, module, found):
            library.replace(module, without_names(module.source, gone))
    modules, root = [library.modules[name] for name in sorted(found.modules)], library.whole
    core = PurePosixPath(_free_name(modules, root))
    files: dict[str, str] = {}
    for module in modules:
        here = module.path if library.is_taken_whole(module.name) else core / module.path
        files[str(here)] = relocated(module, here, core)
    files |= _data(modules, root)
    files[LICENCE] = originals.licence
    files[CHECK] = HEADER + Path(_vendor_check.__file__).read_text("utf-8")
    return dict(sorted(files.items()))


def _data(modules: list[Module], root: str) -> dict[str, str]:
    """Files beside the products' modules that a module reads by name, such as examples for fakes."""
    core = [module for module in modules if module.name.partition(".")[0] == CORE]
    found: dict[str, str] = {}
    for module in modules:
        if module.is_package and module.name.partition(".")[0] == root and isinstance(module.origin, Path):
            for path in sorted(module.origin.parent.glob("*.json")):
                if any(f'"{path.name}"' in reader.source for reader in core):
                    found[str(module.path.parent / path.name)] = path.read_text("utf-8")
    return found


def _free_name(modules: Iterable[Module], root: str) -> str:
    """A name for core that no module of the package has."""
    taken = {module.path.parts[0].partition(".")[0] for module in modules if module.name.partition(".")[0] == root}
    if CHECK.removesuffix(".py") in taken:
        raise Failure(f"a resource is named like {CHECK}; give it another name with x-xcaas-resource")
    return next(name for name in _CORE_NAMES if name not in taken)
