"""Reading `x-xcaas-*` data of an operation, with a problem that names the place where it is not as documented."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.problems import InputError, Problem


class Extension:
    """An object inside an extension."""

    def __init__(self, content: ir.JSON, place: ir.Place, trail: str) -> None:
        self._place = place
        self._trail = trail
        if not isinstance(content, dict):
            raise self._problem("must be an object")
        self._content = content

    def text(self, key: str) -> str:
        value = self._content.get(key)
        if not isinstance(value, str):
            raise self._problem(f"needs a text under {key!r}")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self._content.get(key) is not None else None

    def optional_number(self, key: str) -> int | float | None:
        value = self._content.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self._problem(f"needs a number under {key!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._content.get(key, default)
        if not isinstance(value, bool):
            raise self._problem(f"needs true or false under {key!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none if the key is absent."""
        value = self._content.get(key, [])
        if not isinstance(value, list):
            raise self._problem(f"needs a list of texts under {key!r}")
        return tuple(self._as_text(item, key) for item in value)

    def object(self, key: str) -> Extension | None:
        value = self._content.get(key)
        return None if value is None else Extension(value, self._place, f"{self._trail}/{key}")

    def needed(self, key: str) -> Extension:
        found = self.object(key)
        if found is None:
            raise self._problem(f"needs an object under {key!r}")
        return found

    def objects(self, key: str) -> tuple[Extension, ...]:
        """A list of objects; none if the key is absent."""
        value = self._content.get(key, [])
        if not isinstance(value, list):
            raise self._problem(f"needs a list under {key!r}")
        return tuple(Extension(item, self._place, f"{self._trail}/{key}/{index}") for index, item in enumerate(value))

    def value(self, key: str) -> ir.JSON:
        return self._content.get(key)

    def names(self) -> tuple[str, ...]:
        return tuple(self._content)

    def has(self, key: str) -> bool:
        return key in self._content

    def reject(self, message: str) -> InputError:
        """What to raise when the data is well-formed but can't be."""
        return self._problem(message)

    def _as_text(self, item: ir.JSON, key: str) -> str:
        if not isinstance(item, str):
            raise self._problem(f"needs a list of texts under {key!r}")
        return item

    def _problem(self, message: str) -> InputError:
        place = ir.Place(self._place.file, self._place.pointer + self._trail)
        name = self._trail.split("/")[1]
        return InputError([Problem(place, f"{name} {message}", "specs/README.md describes it.")])


def extension(operation: ir.Operation, name: str) -> Extension | None:
    """An extension of an operation, or None if it has none of that name."""
    if operation.extensions.get(name) is None:
        return None
    return Extension(operation.extensions[name], operation.place, f"/{name}")
