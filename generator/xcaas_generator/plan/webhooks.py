"""`webhooks.py`: what the service sends of its own accord, each with the type of its payload."""

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
_EVERY = "WEBHOOKS"
# Relative to where the package lies, so that a copy elsewhere finds its own models.
_PACKAGE = Code('__name__.rpartition(".")[0]')


def webhook_names(document: ir.Document) -> tuple[str, ...]:
    """Return the constant of each webhook, in the document's order."""
    scope = Scope((_EVERY, "TYPE_CHECKING"))  # the template writes the latter
    return tuple(scope.claim(*_candidates(webhook)) for webhook in document.webhooks)


def _candidates(webhook: ir.Webhook) -> tuple[str, ...]:
    longer = f"{webhook.operation} {webhook.name}" if webhook.operation else f"{webhook.name} {webhook.method}"
    return tuple(constant(snake(candidate, "webhook")) for candidate in (webhook.name, longer))


def payload(webhook: ir.Webhook) -> ir.TypeRef:
    """Return the type of what comes. Authors seldom call a webhook's body required; there is no point without."""
    variants = webhook.body.variants if webhook.body is not None else ()
    structured = (one.type for one in variants if one.kind in ("json", "form", "multipart"))
    return next(structured, ir.Scalar("any") if variants else ir.Scalar("none"))


def webhooks_module(document: ir.Document, names: ModelNames) -> Module:
    """Return the module; only for documents that have webhooks."""
    constants = webhook_names(document)
    imports = Imports({*constants, _EVERY})
    annotations = Annotations(names, imports, module=".models")
    final, made = imports.use("typing", "Final"), imports.use(_CORE, "Webhook")
    plans = tuple(
        _webhook(webhook, name, annotations, names, final, made)
        for webhook, name in zip(document.webhooks, constants, strict=True)
    )
    every = code("{}[{}[{}[{}], ...]]", final, imports.builtin("tuple"), made, imports.builtin("object"))
    doc = f"Webhooks that {document.title} sends. Call one with the body of a request to read its payload."
    return Module(
        f"{MODULE}.py",
        "webhooks.py.jinja",
        WebhooksPlan(
            header=imports.header(),
            exports=tuple(text(name) for name in sorted((_EVERY, *constants))),
            doc=docstring(doc, 0),
            webhooks=plans,
            every=Code(_EVERY),
            every_type=every,
            every_value=parenthesised([identifier(name) for name in constants]),
        ),
    )


def _webhook(
    webhook: ir.Webhook, name: str, annotations: Annotations, names: ModelNames, final: Code, made: Code
) -> WebhookPlan:
    type_ = payload(webhook)
    value = call(
        made,
        text(webhook.name),
        text(webhook.method),
        text(annotation_text(type_, names)),
        _PACKAGE,
        operation=text(webhook.operation) if webhook.operation else None,
        key_urls=parenthesised([text(url) for url in webhook.key_urls]) if webhook.key_urls else None,
    )
    return WebhookPlan(
        name=identifier(name),
        annotation=code("{}[{}[{}]]", final, made, annotations.read(type_)),
        value=value,
        doc=docstring(_doc(webhook), 0),
    )


def _doc(webhook: ir.Webhook) -> str:
    summary = docstrings.sentence(webhook.summary) or docstrings.sentence(webhook.name)
    came = f"Sent to `{webhook.url}`: a callback of `{webhook.operation}`." if webhook.operation else ""
    told = "" if webhook.doc == webhook.summary else webhook.doc
    return docstrings.paragraphs(summary, told, came, "Deprecated." if webhook.deprecated else "")


def webhook_records(document: ir.Document) -> tuple[dict[str, ir.JSON], ...]:
    """Return what the manifest says of each webhook."""
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
