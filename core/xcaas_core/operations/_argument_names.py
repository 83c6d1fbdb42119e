"""What arguments are called in Python, where a spec has names of its own."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["argument_name"]

_WORD_EDGES: Final = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"


def argument_name(wire: str) -> str:
    """Return the name of the argument for a parameter: `sort_direction` for `sortDirection`.

    Generated code writes the name down where it differs: for keywords, other alphabets and names that meet.
    """
    return re.sub(r"[\W_]+", "_", re.sub(_WORD_EDGES, "_", wire)).strip("_").lower()
