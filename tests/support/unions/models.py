"""Where expressions in tests of unions find their models."""

from tests.support.zoo import And, Box, Branch, Cat, Dog, Needy, Or, Plain, Square

__all__ = ["And", "Box", "Branch", "Cat", "Dog", "Needy", "Or", "Plain", "Square"]
