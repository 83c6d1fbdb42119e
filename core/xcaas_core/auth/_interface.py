"""What authorizers use of their client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["AuthContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthContext:
    """A client's clock, randomness and base URL. `with_options` copies share it unless they change `base_url`.

    `clock` is monotonic. `rebase` replaces the origin of a spec's token endpoint by that of `base_url`,
    and refuses plain HTTP.
    """

    clock: Callable[[], float]
    random: Callable[[], float]
    rebase: Callable[[str], str]
