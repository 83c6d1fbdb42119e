"""`@deprecated` of PEP 702, which Python has from 3.13 on, without another package."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

__all__ = ["deprecated"]

if TYPE_CHECKING:
    # Type checkers know this name, installed or not.
    from typing_extensions import deprecated
else:
    P = ParamSpec("P")
    R = TypeVar("R")

    def deprecated(message: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Warn with `DeprecationWarning` at each call of the decorated function."""

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            @functools.wraps(function)
            def warn(*args: P.args, **kwargs: P.kwargs) -> R:
                warnings.warn(message, DeprecationWarning, stacklevel=2)
                return function(*args, **kwargs)

            warn.__deprecated__ = message
            return inspect.markcoroutinefunction(warn) if _CAN_MARK and inspect.iscoroutinefunction(function) else warn

        return decorate

    _CAN_MARK = hasattr(inspect, "markcoroutinefunction")
