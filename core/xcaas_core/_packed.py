"""Bodies of errors in pickles and copies, which cannot be nested as deep as JSON can."""

from __future__ import annotations

import json
from typing import Any, Final

__all__ = ["PackedBody", "packed"]

# `copy.deepcopy` fails from about 300 levels. Text has fewer levels than opening brackets.
_MANY: Final = 100


class PackedBody:
    """A body as JSON text."""

    def __init__(self, text: str, model: Any) -> None:
        self.text: str = text
        self._model = model

    def unpacked(self) -> object:
        """Return the body. `RecursionError` or `DecodeError` where that cannot be read here."""
        found: object = json.loads(self.text)
        return found if self._model is None else self._model.from_dict(found)


def packed(body: object) -> object:
    """Return a body as it is, or as JSON text if it may be nested too deeply; None if not even that can be written."""
    convert = getattr(body, "to_dict", None)
    try:
        text = json.dumps(body if convert is None else convert())
    except RecursionError:
        return None
    except (TypeError, ValueError):
        return body
    if text.count("[") + text.count("{") <= _MANY:
        return body
    return PackedBody(text, None if convert is None else type(body))
