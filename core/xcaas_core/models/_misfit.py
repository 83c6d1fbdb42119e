"""Data that does not fit a model: how the spot is found, and the one error that callers see.

Readers raise `Misfit` and know nothing of where they stand; each container on the way
out adds its own step. What is read later, on first touch, remembers its place instead.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from .._errors import DecodeError

__all__ = [
    "GIVEN",
    "GIVEN_TEXT",
    "OWNED",
    "Misfit",
    "Place",
    "Step",
    "describe",
    "inside",
    "is_owned",
    "place_of",
    "unfit",
]

Step: TypeAlias = "str | int | None"

# The way from the root: (way to the parent, last step). None is the root. A linked list, since
# a thousand rows share all of it but the last step.
Place: TypeAlias = "tuple[Place, Step] | None"


class Root(tuple[None, None]):
    """A root other than None, for JSON of which more is known."""

    owned: bool
    """Whether nobody else holds the JSON, so that its lists may be read in place."""
    given: bool
    """Whether it came from a caller, and not from a server."""


def _root(*, owned: bool = False, given: bool = False) -> Root:
    root = Root((None, None))
    root.owned, root.given = owned, given
    return root


_UNKNOWN: Final = _root()  # what holds where the root is None
OWNED: Final = _root(owned=True)
GIVEN: Final = _root(given=True)
GIVEN_TEXT: Final = _root(owned=True, given=True)

_FROM_SERVER: Final = "The server sent something else than the spec says; `raw` gives the answer as it came."
_FROM_CALLER: Final = "Give what the service would send: its own names for the fields, and plain JSON values."

_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}


class Misfit(Exception):
    """Something is not as the model says. Never leaves this package."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        # From the inside out: each container appends its step.
        self.steps: list[Step] = []

    def within(self, step: Step) -> Misfit:
        """The same, one level further out."""
        self.steps.append(step)
        return self

    def error(self, place: Place = None) -> DecodeError:
        """The error to raise for it, where `place` is the way from the root to the reader."""
        return DecodeError(
            self.message,
            pointer=_pointer([*_steps(place), *reversed(self.steps)]),
            advice=_FROM_CALLER if _root_of(place).given else _FROM_SERVER,
        )


def inside(place: Place, step: Step) -> Place:
    """The place at `step` of `place`; the root has no step."""
    return place if step is None else (place, step)


def unfit(error: TypeError | ValueError, step: str | int) -> TypeError | ValueError:
    """The error about a value that cannot be written, one level further out: `tags[0].key: …`."""
    if type(error) not in (TypeError, ValueError):  # others may have arguments of their own
        return error
    message: str = getattr(error, "bare_message", str(error))
    way = f"[{step}]" if isinstance(step, int) else step
    inner: str = getattr(error, "way", "")
    way = way + (inner if inner.startswith("[") or not inner else f".{inner}")
    vars(error).update(bare_message=message, way=way)
    error.args = (f"{way}: {message}",)
    return error


def is_owned(place: Place) -> bool:
    """Whether `place` lies in JSON that nobody else holds."""
    return _root_of(place).owned


def _root_of(place: Place) -> Root:
    while place is not None:
        if isinstance(place, Root):
            return place
        place = place[0]
    return _UNKNOWN


def place_of(pointer: str, root: Place = None) -> Place:
    """The place that a JSON pointer names."""
    place = root
    for part in pointer.split("/")[1:]:
        place = (place, part.replace("~1", "/").replace("~0", "~"))
    return place


def _steps(place: Place) -> list[Step]:
    steps: list[Step] = []
    while place is not None:
        place, step = place
        if step is not None:
            steps.append(step)
    return steps[::-1]


def _pointer(steps: list[Step]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def describe(value: object) -> str:
    """What a JSON value is, in words, without its content: answers may hold personal data."""
    return _KINDS.get(type(value), type(value).__name__)
