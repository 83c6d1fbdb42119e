"""What the templates see: finished pieces of Python, nothing left to decide.

The other modules make these from an `ir.Document`. Every piece is `Code`, so it has
passed through `python/code.py`; the templates only put pieces in order.
"""

from __future__ import annotations

from typing import NamedTuple

from xcaas_generator.manifest import Section
from xcaas_generator.python.code import Code
from xcaas_generator.python.imports import Header


class Module(NamedTuple):
    """One file: its path in the package, the template and what goes into it."""

    path: str
    template: str
    view: object


class ProductPlan(NamedTuple):
    """The files of one product and its part of the manifest."""

    modules: tuple[Module, ...]
    section: Section


# --- models ----------------------------------------------------------------


class FieldPlan(NamedTuple):
    name: Code
    annotation: Code
    value: Code
    doc: Code


class TwinBase(NamedTuple):
    """A typed dictionary of those wire names that can't stand in a class body."""

    name: Code
    value: Code


class TwinPlan(NamedTuple):
    """A typed dictionary with wire names, `name: type` per item."""

    name: Code
    base: Code
    odd: TwinBase | None
    items: tuple[Code, ...]
    doc: Code


class ModelPlan(NamedTuple):
    header: Header
    exports: tuple[Code, ...]
    decorator: Code
    name: Code
    base: Code
    doc: Code
    fields: tuple[FieldPlan, ...]
    twin: TwinPlan | None


class EnumPlan(NamedTuple):
    header: Header
    name: Code
    alias: Code
    value: Code
    doc: Code


class UnionPlan(NamedTuple):
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


class WebhookPlan(NamedTuple):
    name: Code
    annotation: Code
    value: Code
    doc: Code


class WebhooksPlan(NamedTuple):
    """`webhooks.py`: every webhook by a name of its own, and the list of all."""

    header: Header
    exports: tuple[Code, ...]
    doc: Code
    webhooks: tuple[WebhookPlan, ...]
    every: Code
    every_type: Code
    every_value: Code


class IndexPlan(NamedTuple):
    """A package that loads its modules on first use, with the help of `core`."""

    doc: Code
    entries: tuple[IndexEntry, ...]
    core: Code


class SuitePlan(NamedTuple):
    """The package of a suite: what it passes on from `base`, and what it loads on first use, with the help of `core`."""

    doc: Code
    entries: tuple[IndexEntry, ...]
    passed_on: tuple[IndexEntry, ...]
    own: tuple[IndexEntry, ...]
    base: Code
    core: Code


class IndexEntry(NamedTuple):
    """`name` lives in `module` (`._storage_object`); `key` and `place` are the same as literals.
    The place of a module of the package itself is empty."""

    name: Code
    module: Code
    key: Code
    place: Code


# --- operations ------------------------------------------------------------


class OperationPlan(NamedTuple):
    constant: Code
    annotation: Code
    value: Code


class MethodPlan(NamedTuple):
    """One method of a resource and of its async twin. `delegate` is what it calls, in most cases a method of its caller."""

    name: Code
    parameters: Code
    returns: Code
    async_returns: Code
    waits: bool
    delegate: Code
    async_delegate: Code
    arguments: Code
    doc: Code
    decorators: tuple[Code, ...]


class ChildPlan(NamedTuple):
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


class ResourcePlan(NamedTuple):
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


class ClientPlan(NamedTuple):
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
    public: Code
    regions: Code | None = None


class FactsPlan(NamedTuple):
    """`_product.py`: what core must know of a product."""

    header: Header
    value: Code
