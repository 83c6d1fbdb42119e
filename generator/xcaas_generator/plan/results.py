"""What a successful call gives back: which responses count, and the one type they have."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir


@dataclass(frozen=True, slots=True)
class Outcome:
    """`type` is None when no success has a body, `empty` says that one of several has none. `responses` are the successes, each with the
    variants that the client asks for; `stream` says that the response is a file, `single` that the
    service may wrap the one thing it sends in a list, `socket` that each message of a WebSocket has the type."""

    type: ir.TypeRef | None
    responses: tuple[ir.Response, ...]
    stream: bool
    single: bool = False
    empty: bool = False
    socket: bool = False

    @property
    def accept(self) -> str | None:
        """The Accept header, where it isn't plain JSON."""
        types = dict.fromkeys(variant.media_type for response in self.responses for variant in response.variants)
        wanted = ", ".join(types)
        return None if wanted in ("", "application/json") else wanted

    @property
    def doc(self) -> str:
        """The description of the first success with a body."""
        with_body = [response for response in self.responses if response.variants] or list(self.responses)
        return with_body[0].doc if with_body else ""


def outcome(operation: ir.Operation) -> Outcome:
    """Judge an operation's responses."""
    successes = [response for response in operation.responses if response.success]
    if not successes and not any(response.status.startswith("3") for response in operation.responses):
        successes = [response for response in operation.responses if response.status == "default"]
    upgrades = tuple(response for response in operation.responses if response.upgrade and response.variants)
    if upgrades:
        return Outcome(upgrades[0].variants[0].type, upgrades, stream=False, socket=True)
    if operation.download is not None:
        return Outcome(ir.Scalar("bytes", "binary"), tuple(successes), stream=True)
    chosen = tuple(_wanted(response, successes) for response in successes)
    kinds = {variant.kind for response in chosen for variant in response.variants}
    stream = kinds == {"binary"}
    if not stream and operation.pagination is None:
        # A file that is elsewhere, and pages that did not change, are no results.
        chosen += tuple(response for response in operation.responses if response.redirect)
    types = dict.fromkeys(_type(variant) for response in chosen for variant in response.variants)
    if not types:
        return Outcome(None, chosen, stream=False)
    members = tuple(types)
    alone = _alone(members) if operation.single else None
    empty = (
        not stream
        and operation.pagination is None
        and any(not response.variants or response.may_be_empty for response in chosen)
    )
    if alone is not None:
        return Outcome(alone, chosen, stream=False, single=True, empty=empty)
    return Outcome(members[0] if len(members) == 1 else ir.UnionOf(members), chosen, stream=stream, empty=empty)


def _alone(members: tuple[ir.TypeRef, ...]) -> ir.TypeRef | None:
    """Return X, where the response is X or a list of X."""
    if len(members) != 1 or not isinstance(members[0], ir.UnionOf):
        return None
    plain = [member for member in members[0].members if not isinstance(member, ir.ListOf)]
    lists = [member.item for member in members[0].members if isinstance(member, ir.ListOf)]
    return plain[0] if len(plain) == 1 and lists == plain else None


def _wanted(response: ir.Response, successes: list[ir.Response]) -> ir.Response:
    """Return a response with the media types to ask for, of several kinds in the order of the document: all that are
    not the same data in another form."""
    structured = any(variant.kind == "json" for one in successes for variant in one.variants)
    variants = [variant for variant in response.variants if not (variant.alternative and structured)]
    if len({variant.kind for variant in variants}) > 1:
        variants.sort(key=lambda variant: variant.position)
    return ir.Response(
        response.status, tuple(variants), response.place, response.doc, response.headers, response.may_be_empty
    )


def _type(variant: ir.ResponseVariant) -> ir.TypeRef:
    match variant:
        case ir.ResponseVariant(kind="text", type=ir.EnumRef() | ir.Scalar("str" | "bool")):
            return variant.type
        case ir.ResponseVariant(kind="text" | "xml"):
            return ir.Scalar("str")
        case _:
            return variant.type
