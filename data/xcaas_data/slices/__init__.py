"""Long lists, cut into slices that can be read independently, on one machine or on many.

Example:
    for piece in plan(client.storage.objects.search, window=(start, end), every="1d"):
        for batch in piece.read():
            ...
"""

from __future__ import annotations

from ._errors import NotSliceableError, SliceError
from ._plan import plan
from ._regions import regions
from ._slice import Slice
from ._unique import unique

__all__ = ["NotSliceableError", "Slice", "SliceError", "plan", "regions", "unique"]
