"""Unions: codecs and annotation markers."""

from __future__ import annotations

from ._codecs import DiscriminatedCodec as DiscriminatedCodec
from ._codecs import UnionCodec as UnionCodec
from ._marks import AnyOf as AnyOf
from ._marks import Discriminator as Discriminator

__all__ = ["AnyOf", "DiscriminatedCodec", "Discriminator", "UnionCodec"]
