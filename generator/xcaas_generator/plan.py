"""What the templates see: finished pieces of Python, nothing left to decide.

`plan_*` modules make these from an `ir.Document`. Every piece is `Code`, so it has
passed through `quote.py`; the templates only put pieces in order.
"""

from __future__ import annotations

from dataclasses import dataclass

from .manifest import Section
from .quote import Code


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its path in the package, the template and what goes into it."""

    path: str
    template: str
    it: object


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """The files of one product and its part of the manifest."""

    modules: tuple[Module, ...]
    section: Section


@dataclass(frozen=True, slots=True)
class Header:
    """The top of a module: imports for run time and for type checkers."""

    run_time: tuple[Code, ...]
    typing_only: tuple[Code, ...]


# --- models ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldPlan:
    name: Code
    annotation: Code
    value: Code
    doc: Code


@dataclass(frozen=True, slots=True)
class TwinBase:
    """A typed dictionary of those wire names that can't stand in a class body."""

    name: Code
    value: Code


@dataclass(frozen=True, slots=True)
class TwinPlan:
    """A typed dictionary with wire names, `name: type` per item."""

    name: Code
    base: Code
    odd: TwinBase | None
    items: tuple[Code, ...]
    doc: Code


@dataclass(frozen=True, slots=True)
class ModelPlan:
    header: Header
    exports: tuple[Code, ...]
    decorator: Code
    name: Code
    base: Code
    doc: Code
    fields: tuple[FieldPlan, ...]
    twin: TwinPlan | None


@dataclass(frozen=True, slots=True)
class EnumPlan:
    header: Header
    name: Code
    alias: Code
    value: Code
    doc: Code


@dataclass(frozen=True, slots=True)
class UnionPlan:
    """The alias of a union, and what reads it from JSON."""

    header: Header
    exports: tuple[Code, ...]
    name: Code
    alias: Code
    value: Code
    doc: Code
    parser: Code
    parser_type: Code
    parser_value: Code
    parser_doc: Code


@dataclass(frozen=True, slots=True)
class WebhookPlan:
    name: Code
    annotation: Code
    value: Code
    doc: Code


@dataclass(frozen=True, slots=True)
class WebhooksPlan:
    """`webhooks.py`: every webhook by a name of its own, and the list of all."""

    header: Header
    exports: tuple[Code, ...]
    doc: Code
    webhooks: tuple[WebhookPlan, ...]
    every: Code
    every_type: Code
    every_value: Code


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """A package that loads its modules on first use, with the help of `core`."""

    doc: Code
    entries: tuple[IndexEntry, ...]
    core: Code


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """`name` lives in `module` (`._storage_object`); `key` and `place` are the same as literals.
    The place of a module of the package itself is empty."""

    name: Code
    module: Code
    key: Code
    place: Code


# --- operations ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OperationPlan:
    constant: Code
    annotation: Code
    value: Code


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """One method of a resource and of its async twin. `through` is the base class method it calls."""

    name: Code
    parameters: Code
    returns: Code
    async_returns: Code
    waits: bool
    through: Code
    arguments: Code
    doc: Code
    decorators: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A property that gives a resource below this one, from the module that holds it.

    `cls` is the class's name in annotations here, `real` its name in its module.
    """

    name: Code
    module: Code
    cls: Code
    async_cls: Code
    real: Code
    async_real: Code
    doc: Code


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    header: Header
    exports: tuple[Code, ...]
    operations: tuple[OperationPlan, ...]
    cls: Code
    base: Code
    async_cls: Code
    async_base: Code
    doc: Code
    children: tuple[ChildPlan, ...]
    methods: tuple[MethodPlan, ...]


@dataclass(frozen=True, slots=True)
class ClientPlan:
    """The classes of a product, or of a package's client: a property per resource (or product)."""

    header: Header
    exports: tuple[Code, ...]
    cls: Code
    base: Code
    async_cls: Code
    async_base: Code
    doc: Code
    async_doc: Code
    children: tuple[ChildPlan, ...]
    through: Code


@dataclass(frozen=True, slots=True)
class FactsPlan:
    """`_product.py`: what core must know of a product."""

    header: Header
    value: Code
