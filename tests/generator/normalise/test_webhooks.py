"""`webhooks` of documents, and `callbacks` of operations."""

from __future__ import annotations

from tests.support.snippets import messages, model, read, shown
from xcaas_generator import ir

BODY = "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}"
PET = "components: {schemas: {Pet: {type: object, properties: {name: {type: string}}}}}"


def payload(webhook: ir.Webhook) -> str:
    assert webhook.body is not None
    return shown(webhook.body.variants[0].type)


def test_a_webhook_has_name_method_and_payload() -> None:
    result = read(
        f"webhooks:\n  newPet:\n    post: {{summary: Born, description: One more., deprecated: true, {BODY}}}\n{PET}\n"
    )
    (webhook,) = result.document.webhooks
    assert (webhook.name, webhook.method, payload(webhook)) == ("newPet", "POST", "Pet")
    assert (webhook.summary, webhook.doc, webhook.deprecated) == ("Born", "One more.", True)
    assert webhook.place.pointer == "/webhooks/newPet/post"
    assert not result.document.operations


def test_an_inline_payload_is_named_after_its_webhook() -> None:
    schema = (
        "{type: object, properties: {size: {type: integer}, owner: {type: object, properties: {id: {type: string}}}}}"
    )
    content = f"{{content: {{application/json: {{schema: {schema}}}}}}}"
    result = read(f"webhooks:\n  pet.born: {{post: {{requestBody: {content}}}}}\n")
    assert payload(result.document.webhooks[0]) == "PetBornPayload"
    assert [field.wire for field in model(result.document, "PetBornPayload").fields] == ["size", "owner"]


def test_callbacks_are_webhooks_with_an_operation() -> None:
    result = read(
        f"""
        paths:
          /subscriptions:
            post:
              operationId: subscribe
              callbacks:
                onPet:
                  '{{$request.body#/url}}': {{post: {{{BODY}}}}}
                shared: {{$ref: '#/components/callbacks/Shared'}}
              responses: {{'201': {{description: ''}}}}
        {PET[:-1]}, callbacks: {{Shared: {{'https://x.test': {{put: {{}}, delete: {{}}}}}}}}}}
        """
    )
    assert [(webhook.operation, webhook.name, webhook.method, webhook.url) for webhook in result.document.webhooks] == [
        ("subscribe", "onPet", "POST", "{$request.body#/url}"),
        ("subscribe", "shared", "DELETE", "https://x.test"),
        ("subscribe", "shared", "PUT", "https://x.test"),
    ]
    assert payload(result.document.webhooks[0]) == "Pet"


def test_x_webhooks_and_references_to_path_items_are_read() -> None:
    result = read(
        f"""
        x-webhooks: {{newPet: {{$ref: '#/components/pathItems/Hook'}}}}
        {PET[:-1]}, pathItems: {{Hook: {{post: {{{BODY}}}}}}}}}
        """
    )
    assert [(webhook.name, payload(webhook)) for webhook in result.document.webhooks] == [("newPet", "Pet")]


def test_unreadable_webhooks_are_reported() -> None:
    result = read(
        """
        webhooks: {nothing: {}, gone: {$ref: '#/components/pathItems/Gone'}, x-note: 1}
        paths:
          /a:
            get:
              callbacks: {odd: 5}
              responses: {'200': {description: ''}}
        """
    )
    warnings = messages(result.warnings)
    assert not result.document.webhooks
    assert "nothing is sent by 'nothing'" in warnings
    assert "nothing is sent by 'gone'" in warnings
    assert "the callback 'odd' can't be read" in warnings


def test_webhooks_that_are_no_mapping_are_reported() -> None:
    result = read("webhooks: [1]\npaths: {}\n")
    assert "'webhooks' should be a mapping" in messages(result.warnings)
