"""`webhooks.py`: the requests that the service sends, with the types of their payloads."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.plan.views import Module, WebhookPlan, WebhooksPlan
from xcaas_generator.python import docstrings
from xcaas_generator.python.annotations import Annotations, ModelNames, annotation_text
from xcaas_generator.python.code import Code, call, code, docstring, identifier, parenthesised, text
from xcaas_generator.python.imports import Imports
from xcaas_generator.python.names import Scope, constant, snake

MODULE = "webhooks"
_CORE = "xcaas_core.models"
_ALL = "WEBHOOKS"
# Relative to the package, so that a vendored copy finds its own models.
_PACKAGE = Code('__name__.rpartition(".")[0]')


def webhook_names(document: ir.Document) -> tuple[str, ...]:
    """Return the constant of each webhook, in the document's order."""
    scope = Scope((_ALL, "TYPE_CHECKING"))  # TYPE_CHECKING is in the template
    return tuple(scope.claim(*_candidates(webhook)) for webhook in document.webhooks)


def _candidates(webhook: ir.Webhook) -> tuple[str, ...]:
    longer = f"{webhook.operation} {webhook.name}" if webhook.operation else f"{webhook.name} {webhook.method}"
    return tuple(constant(snake(candidate, "webhook")) for candidate in (webhook.name, longer))


def payload(webhook: ir.Webhook) -> ir.TypeRef:
    """Return the type of a payload, even if the body is not declared as required, since most authors forget that."""
    variants = webhook.body.variants if webhook.body is not None else ()
    structured = (variant.type for variant in variants if variant.kind in ("json", "form", "multipart"))
    return next(structured, ir.Scalar("any") if variants else ir.Scalar("none"))


def webhooks_module(document: ir.Document, names: ModelNames) -> Module:
    """Return the module `webhooks.py` of a document that has webhooks."""
    constants = webhook_names(document)
    imports = Imports({*constants, _ALL})
    annotations = Annotations(names, imports, module=".models")
    final, webhook_class = imports.use("typing", "Final"), imports.use(_CORE, "Webhook")
    plans = tuple(
        _webhook(webhook, name, annotations, names, final, webhook_class)
        for webhook, name in zip(document.webhooks, constants, strict=True)
    )
    all_type = code("{}[{}[{}[{}], ...]]", final, imports.builtin("tuple"), webhook_class, imports.builtin("object"))
    doc = f"Webhooks that {document.title} sends. Call one with the body of a request to read its payload."
    return Module(
        f"{MODULE}.py",
        "webhooks.py.jinja",
        WebhooksPlan(
            header=imports.header(),
            exports=tuple(text(name) for name in sorted((_ALL, *constants))),
            doc=docstring(doc, 0),
            webhooks=plans,
            all_name=Code(_ALL),
            all_type=all_type,
            all_value=parenthesised([identifier(name) for name in constants]),
        ),
    )


def _webhook(
    webhook: ir.Webhook, name: str, annotations: Annotations, names: ModelNames, final: Code, webhook_class: Code
) -> WebhookPlan:
    type_ = payload(webhook)
    value = call(
        webhook_class,
        text(webhook.name),
        text(webhook.method),
        text(annotation_text(type_, names)),
        _PACKAGE,
        operation=text(webhook.operation) if webhook.operation else None,
        key_urls=parenthesised([text(url) for url in webhook.key_urls]) if webhook.key_urls else None,
    )
    return WebhookPlan(
        name=identifier(name),
        annotation=code("{}[{}[{}]]", final, webhook_class, annotations.read(type_)),
        value=value,
        doc=docstring(_doc(webhook), 0),
    )


def _doc(webhook: ir.Webhook) -> str:
    summary = docstrings.sentence(webhook.summary) or docstrings.sentence(webhook.name)
    source = f"Sent to `{webhook.url}`: a callback of `{webhook.operation}`." if webhook.operation else ""
    description = "" if webhook.doc == webhook.summary else webhook.doc
    return docstrings.paragraphs(summary, description, source, "Deprecated." if webhook.deprecated else "")


def webhook_records(document: ir.Document) -> tuple[dict[str, ir.JSON], ...]:
    """Return the entries of webhooks in the manifest."""
    return tuple(
        {
            "product": document.name,
            "name": webhook.name,
            "method": webhook.method,
            "operation": webhook.operation or None,
            "url": webhook.url or None,
            "read": f"{MODULE}.{name}",
            "deprecated": webhook.deprecated,
        }
        for webhook, name in zip(document.webhooks, webhook_names(document), strict=True)
    )
