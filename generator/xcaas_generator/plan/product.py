"""All modules of a product, or of the package of a single document."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir, manifest
from xcaas_generator.plan.credentials import credentials_of
from xcaas_generator.plan.model_names import model_names
from xcaas_generator.plan.models import model_modules
from xcaas_generator.plan.negotiation import with_media_type_arguments
from xcaas_generator.plan.operations import PlanContext, servers_value
from xcaas_generator.plan.regions import client_base, client_header, region_table, regions_of
from xcaas_generator.plan.resources import Tree, child_plans, plan_context, resource_modules, resource_tree
from xcaas_generator.plan.slices import slices_record
from xcaas_generator.plan.tree import RESOURCE_NAMES, placements
from xcaas_generator.plan.views import ClientPlan, IndexEntry, IndexPlan, Module, ProductModulePlan, ProductPlan
from xcaas_generator.plan.webhooks import MODULE, webhook_records, webhooks_module
from xcaas_generator.python import docstrings
from xcaas_generator.python.code import (
    Code,
    braced,
    call,
    code,
    docstring,
    identifier,
    literal,
    module_path,
    parenthesised,
    text,
)
from xcaas_generator.python.imports import SDK, Imports
from xcaas_generator.python.names import pascal


@dataclass(frozen=True, slots=True)
class Shape:
    """The classes of a product: an attribute of a suite's client, or the client itself."""

    cls: str
    async_cls: str
    base: str
    async_base: str
    prefix: str
    taken: frozenset[str]


def product_shape(name: str) -> Shape:
    """Return the shape of a product in a suite: `client.storage` is a `Storage`."""
    cls = pascal(name, "Product")
    return Shape(cls, f"Async{cls}", "ProductClient", "AsyncProductClient", name, RESOURCE_NAMES)


def plan_product(document: ir.Document, shape: Shape, sha256: str) -> ProductPlan:
    """Return all modules of a document, and its section of the manifest.

    Raises:
        InputError: An extension in the document is invalid.
    """
    document = with_media_type_arguments(document)
    names = model_names(document)
    placed = placements(
        document,
        taken_on_client=shape.taken,
        taken_on_resource=RESOURCE_NAMES,
        on_product=shape.base == "ProductClient",
    )
    tree = resource_tree(document, placed, frozenset({shape.cls, shape.async_cls}))
    context = plan_context(document, names, tree)
    modules = [
        *resource_modules(tree, context, shape.prefix),
        *model_modules(document, names),
        Module("_product.py", "product.py.jinja", _product_module(document)),
        Module("_client.py", "client.py.jinja", _client(document, shape, tree)),
    ]
    if document.webhooks:
        modules.append(webhooks_module(document, names))
    section = _section(document, shape, tree, sha256, context)
    manifest.verify_section(section, document)
    return ProductPlan(tuple(modules), section)


def product_init(document: ir.Document, shape: Shape) -> Module:
    """Return the `__init__` of a product in a suite, with its classes, models and webhooks."""
    entries = [
        *(index_entry(name, "._client") for name in sorted((shape.async_cls, shape.cls))),
        *public_modules(document),
    ]
    doc = docstring(f"{document.title}: `client.{shape.prefix}`.", 0)
    return Module("__init__.py", "index.py.jinja", IndexPlan(doc, tuple(entries), module_path(SDK)))


def public_modules(document: ir.Document) -> list[IndexEntry]:
    """Return index entries for the public modules of a product."""
    return [index_entry(name, ".") for name in ("models", *([MODULE] if document.webhooks else []))]


def index_entry(name: str, module: str) -> IndexEntry:
    return IndexEntry(identifier(name), module_path(module), text(name), text(module.removeprefix(".")))


def _section(document: ir.Document, shape: Shape, tree: Tree, sha256: str, context: PlanContext) -> manifest.Section:
    calls = {
        operation.id: ".".join(part for part in (shape.prefix, *placement.path, placement.verb) if part)
        for operation, placement in zip(document.operations, tree.placements, strict=True)
    }
    records = [
        manifest.record(document.name, operation, calls[operation.id], slices_record(operation, calls, context))
        for operation in document.operations
    ]
    refused = tuple(manifest.refusal(document.name, item) for item in document.refused)
    return manifest.Section(
        document.name,
        sha256,
        tuple(records),
        refused,
        webhook_records(document),
        document.title,
        regions_of(document),
        credentials_of(document),
    )


def _client(document: ir.Document, shape: Shape, tree: Tree) -> ClientPlan:
    imports = Imports({shape.cls, shape.async_cls, "Region", *(path[-1] for path in tree.children(()))})
    regions = {document.name: regions_of(document)} if shape.base == "ClientBase" else {}
    own = tree.names.get(())
    if own is None:
        base, async_base = (client_base(name, regions, imports) for name in (shape.base, shape.async_base))
    else:
        base, async_base = (imports.use(f".{own.stem}", name) for name in (own.cls, own.async_cls))
    children = child_plans(tree, (), imports)
    doc = docstrings.paragraphs(docstrings.sentence(document.title), document.doc)
    public = imports.use(SDK, "public")
    return ClientPlan(
        header=client_header(regions, imports),
        exports=tuple(text(name) for name in sorted((shape.cls, shape.async_cls))),
        cls=identifier(shape.cls),
        base=base,
        async_cls=identifier(shape.async_cls),
        async_base=async_base,
        doc=docstring(doc, 4),
        async_doc=docstring(docstrings.paragraphs(docstrings.sentence(document.title), "For use with `await`."), 4),
        children=children,
        public=public,
        regions=region_table(regions),
    )


def _rate_limits(document: ir.Document, imports: Imports) -> Code | None:
    """Return the documented limits, or None if there are none."""
    limits = [
        call(imports.use(SDK, "RateLimit"), literal(limit.calls), literal(limit.per)) for limit in document.rate_limits
    ]
    return parenthesised(limits) if limits else None


def _product_module(document: ir.Document) -> ProductModulePlan:
    imports = Imports({"PRODUCT"})
    schemes = [(text(scheme.name), _scheme(scheme, imports)) for scheme in document.security_schemes]
    imports.use("typing", "Final")
    value = call(
        imports.use(SDK, "Product"),
        text(document.name),
        title=text(document.title),
        servers=servers_value(document.servers, imports),
        schemes=braced(schemes),
        # Relative to the package, so that a vendored copy finds its own models.
        package=code('__name__.rpartition(".")[0]'),
        console_name=None if document.console_name is None else text(document.console_name),
        rate_limits=_rate_limits(document, imports),
    )
    return ProductModulePlan(imports.header(), value)


def _scheme(scheme: ir.SecurityScheme, imports: Imports) -> Code:
    options = [(text(key), literal(value)) for key, value in scheme.options]
    return call(
        imports.use(SDK, "Scheme"),
        text(scheme.kind),
        credential=text(scheme.credential) if scheme.credential else None,
        location=text(scheme.location) if scheme.location else None,
        parameter=text(scheme.parameter) if scheme.parameter else None,
        token_url=text(scheme.token_url) if scheme.token_url else None,
        options=braced(options) if options else None,
    )
