"""Results of successful calls: the relevant responses, and their type."""

from __future__ import annotations

from dataclasses import dataclass

from xcaas_generator import ir


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an operation.

    Attributes:
        type: None if no successful response has a body.
        responses: The successful responses, with the variants that the client requests.
        stream: Whether the response is a file.
        single: Whether the service may wrap the only object in a list.
        empty: Whether some of several successful responses have no body.
        socket: Whether `type` is that of the messages of a WebSocket.
    """

    type: ir.TypeRef | None
    responses: tuple[ir.Response, ...]
    stream: bool
    single: bool = False
    empty: bool = False
    socket: bool = False

    @property
    def accept(self) -> str | None:
        """The Accept header, if it is not just JSON."""
        types = dict.fromkeys(variant.media_type for response in self.responses for variant in response.variants)
        accepted = ", ".join(types)
        return None if accepted in ("", "application/json") else accepted

    @property
    def doc(self) -> str:
        """The description of the first success with a body."""
        with_body = [response for response in self.responses if response.variants] or list(self.responses)
        return with_body[0].doc if with_body else ""


def outcome(operation: ir.Operation) -> Outcome:
    """Return the outcome of an operation, from its responses."""
    successes = [response for response in operation.responses if response.success]
    if not successes and not any(response.status.startswith("3") for response in operation.responses):
        successes = [response for response in operation.responses if response.status == "default"]
    upgrades = tuple(response for response in operation.responses if response.upgrade and response.variants)
    if upgrades:
        return Outcome(upgrades[0].variants[0].type, upgrades, stream=False, socket=True)
    if operation.download is not None:
        return Outcome(ir.Scalar("bytes", "binary"), tuple(successes), stream=True)
    relevant = tuple(_with_requested_variants(response, successes) for response in successes)
    kinds = {variant.kind for response in relevant for variant in response.variants}
    stream = kinds == {"binary"}
    if not stream and operation.pagination is None:
        # Redirects of files, and unchanged pages, are no results.
        relevant += tuple(response for response in operation.responses if response.redirect)
    types = dict.fromkeys(_type(variant) for response in relevant for variant in response.variants)
    if not types:
        return Outcome(None, relevant, stream=False)
    members = tuple(types)
    single_type = _single_type(members) if operation.single else None
    empty = (
        not stream
        and operation.pagination is None
        and any(not response.variants or response.may_be_empty for response in relevant)
    )
    if single_type is not None:
        return Outcome(single_type, relevant, stream=False, single=True, empty=empty)
    return Outcome(members[0] if len(members) == 1 else ir.UnionOf(members), relevant, stream=stream, empty=empty)


def _single_type(members: tuple[ir.TypeRef, ...]) -> ir.TypeRef | None:
    """Return X if the response is X or a list of X."""
    if len(members) != 1 or not isinstance(members[0], ir.UnionOf):
        return None
    plain = [member for member in members[0].members if not isinstance(member, ir.ListOf)]
    lists = [member.item for member in members[0].members if isinstance(member, ir.ListOf)]
    return plain[0] if len(plain) == 1 and lists == plain else None


def _with_requested_variants(response: ir.Response, successes: list[ir.Response]) -> ir.Response:
    """Return a response with the variants to request: all but alternatives to JSON. Variants of several kinds are in
    the order of the document."""
    has_json = any(variant.kind == "json" for success in successes for variant in success.variants)
    variants = [variant for variant in response.variants if not (variant.alternative and has_json)]
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
