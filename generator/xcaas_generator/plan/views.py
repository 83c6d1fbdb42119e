"""Input of the templates: complete pieces of Python, without decisions left.

The other modules create these from an `ir.Document`. All pieces are `Code`, so they come from `python/code.py`; the
templates only arrange them.
"""

from __future__ import annotations

from typing import NamedTuple

from xcaas_generator.manifest import Section
from xcaas_generator.python.code import Code
from xcaas_generator.python.imports import Header


class Module(NamedTuple):
    """A file: its path in the package, its template, and the input of the template."""

    path: str
    template: str
    view: object


class ProductPlan(NamedTuple):
    """The files of a product, and its section of the manifest."""

    modules: tuple[Module, ...]
    section: Section


# --- models ----------------------------------------------------------------


class FieldPlan(NamedTuple):
    name: Code
    annotation: Code
    value: Code
    doc: Code


class FunctionalTypedDict(NamedTuple):
    """A typed dictionary in functional syntax, for wire names that can't be attributes."""

    name: Code
    value: Code


class TypedDictPlan(NamedTuple):
    """A typed dictionary with wire names; its items are `name: type`."""

    name: Code
    base: Code
    functional_base: FunctionalTypedDict | None
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
    typed_dict: TypedDictPlan | None


class EnumPlan(NamedTuple):
    header: Header
    name: Code
    alias: Code
    value: Code
    doc: Code


class UnionPlan(NamedTuple):
    """The alias of a union, and its parser."""

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
    """`webhooks.py`: a constant per webhook, and a tuple of all."""

    header: Header
    exports: tuple[Code, ...]
    doc: Code
    webhooks: tuple[WebhookPlan, ...]
    all_name: Code
    all_type: Code
    all_value: Code


class IndexPlan(NamedTuple):
    """A package that loads its modules on first use, with a function of `core`."""

    doc: Code
    entries: tuple[IndexEntry, ...]
    core: Code


class SuitePlan(NamedTuple):
    """The package of a suite: `reexports` come from `base`; `own` is loaded on first use, with a function of `core`."""

    doc: Code
    entries: tuple[IndexEntry, ...]
    reexports: tuple[IndexEntry, ...]
    own: tuple[IndexEntry, ...]
    base: Code
    core: Code


class IndexEntry(NamedTuple):
    """A name of an index, from `module` (`._storage_object`), and both as string literals.

    `module_literal` has no leading dot; it is empty for modules of the package itself.
    """

    name: Code
    module: Code
    name_literal: Code
    module_literal: Code


# --- operations ------------------------------------------------------------


class OperationPlan(NamedTuple):
    constant: Code
    annotation: Code
    value: Code


class MethodPlan(NamedTuple):
    """A method of a resource and of its async twin. It calls `delegate`, usually a method of its caller."""

    name: Code
    parameters: Code
    returns: Code
    async_returns: Code
    is_awaited: bool
    delegate: Code
    async_delegate: Code
    arguments: Code
    doc: Code
    decorators: tuple[Code, ...]


class ChildPlan(NamedTuple):
    """A property that returns a child resource, imported from its module.

    `cls` is the name of its class in annotations, `name_in_module` its name in its module.
    """

    name: Code
    module: Code
    cls: Code
    async_cls: Code
    name_in_module: Code
    async_name_in_module: Code
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
    """The classes of a product or client, with a property per resource or product."""

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


class ProductModulePlan(NamedTuple):
    """`_product.py`: the description of a product for core."""

    header: Header
    value: Code
