"""Values of one type only: this package in a vendored copy of products that have no others."""

from __future__ import annotations

from .._codec import Codec

__all__ = ["AnyOf", "DiscriminatedCodec", "Discriminator", "UnionCodec"]


class AnyOf:
    """What this copy cannot read."""


class Discriminator(AnyOf):
    """The same, with a field that tells."""


class UnionCodec(Codec):
    """Refuses a union that products in this copy do not have."""

    members: tuple[Codec, ...]

    def __init__(self, *facts: object) -> None:
        raise TypeError("this copy reads no unions. Make it again with: xcaas-gen vendor … --with sdk")


class DiscriminatedCodec(UnionCodec):
    """The same, with a field that tells."""
