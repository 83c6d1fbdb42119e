"""Where expressions in tests of unions find their models."""

from tests.models.zoo import Box, Cat, Dog, Square

__all__ = ["Box", "Cat", "Dog", "Square"]
