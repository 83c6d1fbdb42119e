"""Filters of lists in FIQL (RSQL): parsed from text, as a tree, and rendered for a service.

Vendored copies without `F` have `_absent.py` here. The sandbox parses filters with this package, too.
"""

from __future__ import annotations

from ._filter import Filter as Filter
from ._filter import filter_text as filter_text
from ._parse import parse as parse
from ._tree import ALIASES as ALIASES
from ._tree import OPERATORS as OPERATORS
from ._tree import AllOf as AllOf
from ._tree import AnyOf as AnyOf
from ._tree import Comparison as Comparison
from ._tree import Node as Node

__all__ = ["ALIASES", "OPERATORS", "AllOf", "AnyOf", "Comparison", "Filter", "Node", "filter_text", "parse"]
