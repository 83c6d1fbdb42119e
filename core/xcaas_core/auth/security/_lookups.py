"""Getting a value that is looked up rather than requested: a key, a password, a token from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from ..._errors import CredentialsError
from ..._secrets import MaskedStr, Secret, fingerprint
from ...sansio._steps import Flow, run_in_thread
from ..credentials._base import Credential
from ..credentials._sources import Source
from ..tokens._failure import Failure
from ..tokens._manager import RefreshBudget
from ..tokens._token import AccessToken

__all__ = ["Lookup", "reveal"]


class Lookup:
    """The flow behind the `TokenManager` of a value that is sent as it is.

    A value that was given as text is kept until it is replaced. One that a reference names is
    looked up again after `policy.default_life` seconds, and when it was refused.
    """

    def __init__(
        self,
        credential: Credential,
        source: Callable[[], Source],
        shape: Callable[[str], MaskedStr],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._credential = credential
        self._source = source
        self._shape = shape
        self._clock = clock

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        del budget
        started = self._clock()
        try:
            secret = yield from reveal(self._credential, self._source)
        except CredentialsError as error:
            return self._trouble(error.message, error.advice)
        value = self._shape(secret.reveal())
        if not value.isascii() or not value.isprintable():
            # An HTTP library would refuse it, with the value in its error.
            return self._trouble("a key or token holds characters that no header can carry", None)
        mark = fingerprint(secret.reveal())
        if self._source().fixed and self._credential._refill is None:  # pyright: ignore[reportPrivateUsage]
            return AccessToken(value, fingerprint=mark)
        policy = self._credential.policy
        return AccessToken(value, life=policy.default_life, obtained_at=started, policy=policy, fingerprint=mark)

    def _trouble(self, message: str, advice: str | None) -> Failure:
        return Failure(kind="secret", message=message, advice=advice, remember=self._credential.policy.refusal_memory)


def reveal(credential: Credential, source: Callable[[], Source]) -> Flow[Secret]:
    """The secret that a source gives at this moment, after asking the credential's provider if it has one."""
    refill = credential._refill  # pyright: ignore[reportPrivateUsage]
    if refill is not None:
        yield from run_in_thread(refill)
    current = source()
    if not current.blocks:
        return current.get()
    return (yield from run_in_thread(current.get))
