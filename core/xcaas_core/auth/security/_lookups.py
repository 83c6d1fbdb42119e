"""Getting a value that is looked up rather than requested: a key, a password, a token from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..._errors import CredentialsError
from ..._secrets import MaskedStr, fingerprint
from ...sansio._steps import Flow
from .._interface import AuthContext
from ..credentials._base import Credential, is_fixed, reveal
from ..tokens._failure import Failure
from ..tokens._manager import RefreshBudget
from ..tokens._token import AccessToken

__all__ = ["LookupFetcher"]


@dataclass(slots=True)
class LookupFetcher:
    """The `TokenFetcher` of a value that is sent as it is: the secret `name` of a credential, in its `shape` on requests.

    A value that was given as text is kept until it is replaced. One that a reference names is
    looked up again after `policy.default_life` seconds, and when it was refused.
    """

    credential: Credential
    name: str
    shape: Callable[[str], MaskedStr]
    context: AuthContext

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        del budget
        started = self.context.clock()
        try:
            secret = yield from reveal(self.credential, self.name)
        except CredentialsError as error:
            return self._failure(error.message, error.advice)
        value = self.shape(secret.reveal())
        if not value.isascii() or not value.isprintable():
            # An HTTP library would refuse it, with the value in its error.
            return self._failure("a key or token holds characters that no header can carry")
        mark = fingerprint(secret.reveal())
        if is_fixed(self.credential, self.name):
            return AccessToken(value, fingerprint=mark)
        policy = self.credential.policy
        return AccessToken(value, life=policy.default_life, obtained_at=started, policy=policy, fingerprint=mark)

    def _failure(self, message: str, advice: str | None = None) -> Failure:
        return Failure(kind="secret", message=message, advice=advice, remember=self.credential.policy.refusal_memory)
