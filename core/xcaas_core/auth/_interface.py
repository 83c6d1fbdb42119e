"""What a client lends to its authorizers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["AuthContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthContext:
    """What the client lends to its authorizers. One per client; `with_options` copies share it
    unless they change the base address.

    `clock` is monotonic. `rebase` turns an address from a spec (a token endpoint) into the one to use: the origin
    replaced by `base_url`, plain HTTP refused.
    """

    clock: Callable[[], float]
    random: Callable[[], float]
    rebase: Callable[[str], str]
