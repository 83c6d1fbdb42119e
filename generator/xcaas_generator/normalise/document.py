"""Normalisation of a whole document, for `parse`."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import DanglingReference, Resolver
from xcaas_generator.normalise.drafts import DocumentDraft
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.extensions.operations import OperationExtensions
from xcaas_generator.normalise.extensions.reading import console_name, rate_limits
from xcaas_generator.normalise.keywords import brief, source_text
from xcaas_generator.normalise.naming import name_entries
from xcaas_generator.normalise.operations import Operations
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.security import Security
from xcaas_generator.normalise.servers import read_servers, swagger2_servers
from xcaas_generator.normalise.webhooks import Webhooks
from xcaas_generator.report import Report


def normalise(root: Node, resolver: Resolver, report: Report, name: str) -> DocumentDraft:
    """Read, resolve and name everything in a document whose root `check_root` has accepted."""
    shaper = Shaper(resolver, report, root, siblings=not _version(root).startswith("3.0"))
    servers = _servers(root, resolver, report)
    security = Security(root, resolver, report)
    extensions = OperationExtensions(report)
    operations = Operations(shaper, security, extensions, servers)
    for key, node in shaper.named:
        shaper.component(node, key)
    drafts = operations.read(root)
    webhooks = Webhooks(shaper, operations).read(root)
    shaper.drain()
    drafts = operations.refuse_lost(drafts)
    extensions.check_calls(drafts)
    entries = name_entries(shaper.entries)
    document = _document(root, resolver, report, name, servers, security)
    return DocumentDraft(document, entries, drafts, operations.refused, webhooks)


def _servers(root: Node, resolver: Resolver, report: Report) -> tuple[ir.Server, ...]:
    try:
        servers = read_servers(root, resolver, report)
    except DanglingReference as error:
        report.error(error.node.place, f"{error}, so calls need a base_url")
        servers = ()
    return servers or swagger2_servers(root, report) or (ir.Server("/"),)


def _version(root: Node) -> str:
    version = root.get("openapi")
    return version if isinstance(version, str) else str(version)


def _document(
    root: Node, resolver: Resolver, report: Report, name: str, servers: tuple[ir.Server, ...], security: Security
) -> ir.Document:
    info = resolver.deref(root.child("info")) or root.child("info")
    product = root.child(keys.PRODUCT)
    if product.value is not None and not isinstance(product.value, dict):
        report.warn(product.place, f"{keys.PRODUCT} should be a mapping, not {brief(product.value)}")
    if not isinstance(info.value, dict):
        report.warn(
            info.place if root.has("info") else root.place, f"'info' should be a mapping, not {brief(info.value)}"
        )
    return ir.Document(
        name=name,
        title=_text(info, "title", name, report),
        version=_text(info, "version", "0", report),
        place=root.place,
        doc=info.text("description").strip() or info.text("summary").strip(),
        servers=servers,
        security_schemes=security.schemes,
        tags=_tags(root, resolver),
        console_name=console_name(root),
        rate_limits=rate_limits(root, report),
    )


def _text(info: Node, key: str, default: str, report: Report) -> str:
    value = info.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return source_text(info.child(key), value)
    report.warn(info.place, f"'info' has no {key}; {default!r} was used", f"Give it a '{key}'.")
    return default


def _tags(root: Node, resolver: Resolver) -> tuple[tuple[str, str], ...]:
    section = resolver.deref(root.child("tags"))
    tags = [resolver.deref(tag) or tag for tag in (section.elements() if section is not None else [])]
    descriptions = {tag.text("name").strip(): tag.text("description").strip() for tag in tags}
    return tuple((name, doc) for name, doc in descriptions.items() if name)
