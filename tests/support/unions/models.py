"""Where expressions in tests of unions find their models."""

from tests.support.zoo import Box, Branch, Cat, Dog, Square

__all__ = ["Box", "Branch", "Cat", "Dog", "Square"]
