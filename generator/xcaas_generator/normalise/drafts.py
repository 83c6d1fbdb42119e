"""Drafts of IR nodes, whose types are still shapes."""

from __future__ import annotations

from dataclasses import dataclass, field

from xcaas_generator import ir
from xcaas_generator.normalise.shapes import Entry, Shape


@dataclass(slots=True)
class ParameterDraft:
    node: ir.Parameter
    shape: Shape


@dataclass(slots=True)
class VariantDraft:
    """One media type of a body or response. `kind` is a `BodyKind`; responses have the same kinds."""

    media_type: str
    kind: ir.BodyKind
    shape: Shape
    encoding: tuple[ir.PartEncoding, ...] = ()
    position: int = 0  # index among the media types of the document
    alternative: bool = False  # the data of a JSON variant in another format

    @property
    def key(self) -> str:
        """A unique key among the variants: two kinds may share a media type."""
        return f"{self.media_type} {self.kind}"


@dataclass(slots=True)
class BodyDraft:
    node: ir.Body
    variants: list[VariantDraft]


@dataclass(slots=True)
class ResponseDraft:
    node: ir.Response
    variants: list[VariantDraft]
    headers: list[ParameterDraft]


@dataclass(slots=True)
class OperationDraft:
    node: ir.Operation
    parameters: list[ParameterDraft] = field(default_factory=list[ParameterDraft])
    body: BodyDraft | None = None
    responses: list[ResponseDraft] = field(default_factory=list[ResponseDraft])


@dataclass(slots=True)
class WebhookDraft:
    node: ir.Webhook
    body: BodyDraft | None = None


@dataclass(slots=True)
class DocumentDraft:
    """Everything but types: `node` has no models, enums and operations yet."""

    node: ir.Document
    entries: list[Entry]
    operations: list[OperationDraft]
    refused: list[ir.Refused]
    webhooks: list[WebhookDraft] = field(default_factory=list[WebhookDraft])
