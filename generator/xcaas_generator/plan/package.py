"""The package of a suite of products, and the package of a single document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import xcaas_core
from xcaas_generator import ir
from xcaas_generator.manifest import Section
from xcaas_generator.plan.credentials import requirements_sentence
from xcaas_generator.plan.product import Shape, index_entry, plan_product, product_init, product_shape, public_modules
from xcaas_generator.plan.regions import client_base, client_header, region_table
from xcaas_generator.plan.views import ChildPlan, ClientPlan, IndexEntry, IndexPlan, Module, ProductPlan, SuitePlan
from xcaas_generator.python import docstrings
from xcaas_generator.python.code import Code, docstring, identifier, module_path, text
from xcaas_generator.python.imports import SDK, Imports
from xcaas_generator.python.names import pascal

CLIENT_NAMES = frozenset(
    {
        "aclose",
        "close",
        "from_env",
        "http_auth",
        "options",
        "property",
        "raw",
        "request",
        "streaming",
        "token_info",
        "with_options",
    }
)
"""Public names of `ClientBase` and `AsyncClientBase`, which no product or resource may have."""


def suite_product(document: ir.Document, sha256: str) -> ProductPlan:
    """Return a product of a suite, in a package of its own.

    Raises:
        InputError: An extension in the document is invalid.
    """
    shape = product_shape(document.name)
    plan = plan_product(document, shape, sha256)
    return plan._replace(modules=(*plan.modules, product_init(document, shape)))


def suite_modules(products: Mapping[str, Section]) -> list[Module]:
    """Return the modules of the package around the products, which are given by name."""
    names = sorted(products)
    from xcaas_core import otel, testing, webhooks  # slow to import

    classes = {"XCaaS", "AsyncXCaaS"}
    regions = {name: section.regions for name, section in products.items()}
    imports = Imports({*classes, *names, "Region"})
    base, async_base = (client_base(name, regions, imports) for name in ("ClientBase", "AsyncClientBase"))
    children = tuple(_product_child(name, products[name], imports) for name in names)
    public_decorator = imports.use(SDK, "public")
    client = ClientPlan(
        header=client_header(regions, imports),
        exports=tuple(text(name) for name in sorted(classes)),
        cls=Code("XCaaS"),
        base=base,
        async_cls=Code("AsyncXCaaS"),
        async_base=async_base,
        doc=docstring(_CLIENT_DOC, 4),
        async_doc=docstring(_ASYNC_CLIENT_DOC, 4),
        children=children,
        public=public_decorator,
        regions=region_table(regions),
    )
    public: Sequence[str] = getattr(xcaas_core, "__all__", ())
    reexports = [index_entry(name, "xcaas_core") for name in public if name != "testing"]
    own_entries = [index_entry(name, "._client") for name in classes]
    own_entries += [index_entry(name, ".") for name in {*names, "otel", "testing", "webhooks"}]
    index = SuitePlan(
        docstring(_SUITE_DOC, 0),
        entries=_by_name([*reexports, *own_entries]),
        reexports=_by_name(reexports),
        own=_by_name(own_entries),
        base=module_path("xcaas_core"),
        core=module_path(SDK),
    )
    fakes = tuple(index_entry(name, "xcaas_core.testing") for name in testing.__all__)
    verifiers = tuple(index_entry(name, "xcaas_core.webhooks") for name in webhooks.__all__)
    telemetry = tuple(index_entry(name, "xcaas_core.otel") for name in otel.__all__)
    return [
        Module("_client.py", "client.py.jinja", client),
        Module("__init__.py", "suite.py.jinja", index),
        Module("otel.py", "reexports.py.jinja", IndexPlan(docstring(_OTEL_DOC, 0), telemetry, module_path(SDK))),
        Module("testing.py", "reexports.py.jinja", IndexPlan(docstring(_TESTING_DOC, 0), fakes, module_path(SDK))),
        Module(
            "webhooks.py", "reexports.py.jinja", IndexPlan(docstring(_WEBHOOKS_DOC, 0), verifiers, module_path(SDK))
        ),
    ]


def _by_name(entries: list[IndexEntry]) -> tuple[IndexEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.name))


_SUITE_DOC = """
The 8x8 XCaaS APIs.

    with xcaas.XCaaS.from_env() as client:
        for recording in client.storage.objects.search():
            ...
"""
_TESTING_DOC = """
Fakes for the tests of code that uses these clients.

    server = FakeServer()
    client = XCaaS(http_client=server, credentials=ClientCredentials("id", "secret"))
"""
_OTEL_DOC = """
OpenTelemetry spans and metrics of calls: `pip install 'xcaas[otel]'`.

    telemetry = OpenTelemetry()
    client = XCaaS(hooks=[telemetry])
"""
_WEBHOOKS_DOC = """
Webhooks that the services send you, verified: `pip install 'xcaas[webhooks]'`.

    verifier = Verifier(chat_gateway.webhooks.CHAT_EVENT, tenants=["acmecorp01"])
    event = verifier.verify(request.headers, request.get_data())
"""
_CLIENT_DOC = """
All products, for blocking code.

A context manager; safe to share between threads. Each product loads on first use.
"""
_ASYNC_CLIENT_DOC = """
All products, for async code.

An async context manager. Each product loads on first use.
"""


def _product_child(name: str, section: Section, imports: Imports) -> ChildPlan:
    shape = product_shape(name)
    requirements = requirements_sentence(section.credentials, section.regions)
    module = f".{name}._client"
    return ChildPlan(
        name=identifier(name),
        module=module_path(module),
        cls=imports.use(module, shape.cls, typing_only=True),
        async_cls=imports.use(module, shape.async_cls, typing_only=True),
        name_in_module=identifier(shape.cls),
        async_name_in_module=identifier(shape.async_cls),
        doc=docstring(docstrings.paragraphs(docstrings.sentence(section.title), requirements), 8),
    )


def package_modules(document: ir.Document, sha256: str) -> ProductPlan:
    """Return the package of a client for a single document.

    Raises:
        InputError: An extension in the document is invalid.
    """
    shape = Shape("Client", "AsyncClient", "ClientBase", "AsyncClientBase", "", CLIENT_NAMES)
    plan = plan_product(document, shape, sha256)
    entries = [*(index_entry(name, "._client") for name in ("AsyncClient", "Client")), *public_modules(document)]
    doc = docstring(f"A client for {document.title or pascal(document.name)}.", 0)
    init = Module("__init__.py", "index.py.jinja", IndexPlan(doc, tuple(entries), module_path(SDK)))
    return plan._replace(modules=(*plan.modules, init))
