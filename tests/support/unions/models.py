"""The models that annotations in tests of unions refer to."""

from tests.support.zoo import And, Box, Branch, Cat, Dog, Needy, Or, Plain, Square

__all__ = ["And", "Box", "Branch", "Cat", "Dog", "Needy", "Or", "Plain", "Square"]
