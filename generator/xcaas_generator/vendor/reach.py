"""Which definitions of core a choice needs: followed name by name, method by method, from the generated code on.

A definition is reached by its name, from code that is reached itself. A method is reached when its
class is, and anything that is reached mentions its name: as an attribute of whatever, or as a text, which
could go to `getattr`. Public classes keep all their public methods.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .modules import Import, Library, Module
from .needs import models_named
from .units import Parts, Unit, base_name, is_dunder, members, parts_of
from .uses import Uses, uses_of

# Bases that call no method by an ordinary name.
_CALM = frozenset({"ABC", "Enum", "Generic", "NamedTuple", "Protocol", "TypedDict", "object"}) | {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
# Bases whose public methods are left out of what derives from them, unless somebody asks for the other name.
_ASKED_FOR = {"AsyncRows": "rows", "Rows": "rows"}


@dataclass
class Reached:
    """What a copy holds: modules, definitions as (module, name), members as (module, class, name), imports at the
    top of modules as (module, local name). Of `open` classes and functions everything public stays, with its words."""

    modules: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    members: set[tuple[str, str, str]] = field(default_factory=set)
    open: set[tuple[str, str]] = field(default_factory=set)


def reached(library: Library, roots: Iterable[str], wanted: Iterable[Import]) -> Reached:
    """Follow what some generated modules use, and some names that the copy shall have in any case.

    What the package that is taken whole offers is public in the copy.
    """
    return _Search(library).run(roots, wanted)


class _Search:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._found = Reached()
        self._parts: dict[str, Parts] = {}
        self._asked: set[str | None] = set()
        self._attributes: set[str] = set()
        self._waiting: dict[str, list[tuple[Module, ast.ClassDef, str]]] = {}
        self._open: list[tuple[Module, list[ast.AST]]] = []
        public = library.modules[library.whole].index
        self._exports = {library.origin(one) for one in public.values()}

    def run(self, roots: Iterable[str], wanted: Iterable[Import]) -> Reached:
        wanted = list(wanted)
        self._asked = {one.name for one in wanted}
        for name in roots:
            self._add_module(name)
        for one in wanted:
            self._need(one)
            self._publish(*self._library.origin(one))
        while self._open:
            module, nodes = self._open.pop()
            self._follow(module, uses_of(nodes))
        return self._found

    # --- modules -----------------------------------------------------------------

    def _add_module(self, name: str) -> None:
        """A module, and the packages that it lies in."""
        while name and name not in self._found.modules:
            module = self._library.modules.get(name)
            if module is not None:
                self._found.modules.add(name)
                if self._library.is_taken_whole(name):
                    self._take_whole(module)
                else:
                    self._open.append((module, list(self._parts_of(name).always)))
            name = name.rpartition(".")[0]

    def _take_whole(self, module: Module) -> None:
        """Generated code: all of it counts, and what its classes derive from is public."""
        for one in (*module.imports(), *models_named(self._library, module)):
            self._need(one)
        for node in module.nodes:
            if isinstance(node, ast.Attribute):
                self._mention(node.attr)
            elif isinstance(node, ast.ClassDef):
                for base in node.bases:
                    self._publish(*self._behind(module, base_name(base)))

    def _parts_of(self, name: str) -> Parts:
        found = self._parts.get(name)
        if found is None:
            found = self._parts[name] = parts_of(self._library.modules[name])
        return found

    # --- names -------------------------------------------------------------------

    def _need(self, one: Import) -> None:
        """What an import gives: a module, or a name of one."""
        target = self._library.target(one)
        if target is None:
            return
        self._add_module(target)
        if one.name is not None and target == one.module:
            self._need_name(target, one.name)

    def _need_name(self, module: str, name: str) -> None:
        if self._library.is_taken_whole(module):
            behind = self._library.modules[module].index.get(name)
            if behind is not None:
                self._need(behind)
            return
        if (module, name) in self._found.names:
            return
        parts = self._parts_of(module)
        if name in parts.units:
            self._add_module(module)
            self._take(self._library.modules[module], parts.units[name])
        elif name in self._library.modules[module].passed_on:
            self._found.names.add((module, name))
            self._add_module(module)
            self._need(self._library.modules[module].passed_on[name])

    def _take(self, module: Module, unit: Unit) -> None:
        for name in unit.names:
            self._found.names.add((module.name, name))
        for node in unit.nodes:
            if isinstance(node, ast.ClassDef):
                self._take_class(module, node)
            else:
                self._open.append((module, [node]))
        for name in unit.names:
            if (module.name, name) in self._exports:
                self._publish(module.name, name)

    # --- classes -----------------------------------------------------------------

    def _take_class(self, module: Module, cls: ast.ClassDef) -> None:
        rest = [node for node in cls.body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        self._open.append((module, [*cls.decorator_list, *cls.bases, *cls.keywords, *rest]))
        for name in uses_of(rest).names:
            self._mention(name)  # in the body of a class, methods have plain names
        # What stands under the HTTP library is called by it, without any base class that would tell.
        all_of_it = ".transport." in module.name or any(
            self._is_foreign(module, base_name(base)) for base in (*cls.bases, *_metaclass(cls))
        )
        for name in members(cls):
            if all_of_it or is_dunder(name) or name in self._attributes:
                self._take_member(module, cls, name)
            else:
                self._waiting.setdefault(name, []).append((module, cls, name))

    def _take_member(self, module: Module, cls: ast.ClassDef, name: str) -> None:
        if (module.name, cls.name, name) not in self._found.members:
            self._found.members.add((module.name, cls.name, name))
            self._open.append((module, list(members(cls)[name])))

    def _is_foreign(self, module: Module, base: str) -> bool:
        """Whether a base class comes from elsewhere, and may call any method."""
        one = module.passed_on.get(base)
        if one is not None:
            return self._library.target(one) is None and (one.name or base) not in _CALM
        return base not in self._parts_of(module.name).units and base not in _CALM

    def _publish(self, module: str, name: str) -> None:
        """Keep everything public of a definition, with its words. Of a class, of those that it derives from too."""
        if (
            self._library.is_taken_whole(module)
            or module not in self._library.modules
            or (module, name) in self._found.open
        ):
            return
        unit = self._parts_of(module).units.get(name)
        if unit is None or (module, name) not in self._found.names:
            return
        self._found.open.add((module, name))
        home = self._library.modules[module]
        for node in unit.nodes:
            self._publish_types(home, getattr(node, "returns", None))
        for cls in unit.classes:
            for member, nodes in members(cls).items():
                if not member.startswith("_"):
                    self._take_member(home, cls, member)
                    for node in nodes:
                        self._publish_types(home, node.returns)
            for base in cls.bases:
                name = base_name(base)
                if _ASKED_FOR.get(name, name) in (name, *self._asked):
                    self._need_name(module, name)
                    self._publish(*self._behind(home, name))

    def _publish_types(self, module: Module, annotation: ast.expr | None) -> None:
        """Classes that a public method returns: people use what they get."""
        if annotation is not None:
            for name in sorted(uses_of([ast.AnnAssign(ast.Name("_", ast.Store()), annotation, None, 1)]).names):
                home, behind = self._behind(module, name)
                self._need(Import(home, behind))
                self._publish(home, behind)

    # --- following ---------------------------------------------------------------

    def _follow(self, module: Module, uses: Uses) -> None:
        for name in sorted(uses.names):
            self._need_name(module.name, name)
        for attribute in sorted(uses.attributes):
            self._mention(attribute)
        local = dict(module.passed_on)
        for node in uses.imports:
            found = dict(module.imported(node))
            local |= found
            for one in found.values():
                self._need(one)
        for name in sorted(uses.bare & local.keys()):
            self._need_all(local[name])
        for name, attribute in sorted(uses.pairs):
            target = self._module_of(local[name]) if name in local else None
            if target is not None:
                self._need(Import(target, attribute))

    def _need_all(self, one: Import) -> None:
        """A module that is passed on as a value: nobody knows what is looked up in it."""
        target = self._module_of(one)
        if target is not None and not self._library.is_taken_whole(target):
            for name in self._parts_of(target).units:
                self._need_name(target, name)

    def _module_of(self, one: Import) -> str | None:
        """The module that an import gives, if it gives no name of one."""
        target = self._library.target(one)
        return None if one.name is not None and target == one.module else target

    def _mention(self, attribute: str) -> None:
        if attribute not in self._attributes:
            self._attributes.add(attribute)
            for module, cls, name in self._waiting.pop(attribute, ()):
                self._take_member(module, cls, name)

    def _behind(self, module: Module, name: str) -> tuple[str, str]:
        """Where a name of a module is defined."""
        one = module.passed_on.get(name)
        return (module.name, name) if one is None else self._library.origin(one)


def _metaclass(cls: ast.ClassDef) -> Iterator[ast.expr]:
    return (item.value for item in cls.keywords if item.arg == "metaclass")
