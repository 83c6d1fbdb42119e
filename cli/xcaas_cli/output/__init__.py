"""Writing results to stdout or to a file."""

from __future__ import annotations

from ._options import output_options as output_options
from ._rows import cell as cell
from ._rows import is_object as is_object
from ._rows import plain as plain
from ._sink import Sink as Sink

__all__ = ["Sink", "cell", "is_object", "output_options", "plain"]
