"""Replaces this package in vendored copies of products without unions."""

from __future__ import annotations

from .._codec import Codec

__all__ = ["AnyOf", "DiscriminatedCodec", "Discriminator", "UnionCodec"]


class AnyOf:
    """Not available in this copy."""


class Discriminator(AnyOf):
    """Not available in this copy."""


class UnionCodec(Codec):
    """Reject unions, which the products of this copy do not have."""

    members: tuple[Codec, ...]

    def __init__(self, *args: object) -> None:
        raise TypeError("this copy reads no unions. Make it again with: xcaas-gen vendor … --with sdk")


class DiscriminatedCodec(UnionCodec):
    """Not available in this copy."""
