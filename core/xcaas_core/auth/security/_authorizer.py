"""The seam between calls and credentials.

Before each attempt the call flow asks an `Authorizer` to put credentials on the request; after a 401 it asks
once whether a new credential was obtained. Rules that both sides keep:

- `authorize` runs as late as possible: after waiting for a free slot, just before `Send`.
- It is asked only for addresses that may see credentials, and not for a request that carries `Authorization`
  already, because the caller set it.
- `rejected` is asked at most once per call, for what the refused attempt carried, and
  only if the body can be sent again. It does not count as a retry.
- A flow that is closed or thrown into (a cancelled task) lets go of whatever it leads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...operations._operation import Security
from ...operations._product import Product
from ...sansio._messages import Request, Response
from ...sansio._steps import Flow
from .._interface import AuthContext
from ..credentials._set import CredentialSet, ScopedCredential
from ..tokens._refresh import Timeouts
from ..tokens._token import AccessToken, TokenInfo
from ._bindings import CredentialBinding, binding_of
from ._selection import resolve_security

__all__ = ["AppliedCredentials", "Authorizer", "about_key", "build_authorizer"]

# Seconds for which a value that is not at fault is not asked for again: a token costs a request, a key little.
_SUSPECT_TOKEN = 5.0
_SUSPECT_LOOKUP = 1.0

_ADD = "add it to the key in the Admin Console; a change shows up only after a replication delay of some minutes."

# Words in the gateway's error codes that speak of the key's products, not of the token.
_PRODUCT_REFUSALS = (b"ApiProduct", b"insufficient_scope")


@dataclass(slots=True)
class AppliedCredentials:
    """What one attempt of a call carried. `replay`: the value before it was refused."""

    tokens: list[tuple[CredentialBinding, AccessToken]] = field(
        default_factory=list["tuple[CredentialBinding, AccessToken]"]
    )
    replay: bool = False
    asked: bool = False


class Authorizer:
    """Puts one value, or several, on the requests of operations that share a product and a security requirement. One
    serves all threads and event loops of a client.

    A token that is refused right after it was obtained because the one before was refused (or is the
    same again) is not at fault: the key is, which may lack the product. Such a token is *suspected* for a
    while: this product's calls fail without asking for yet another one, and other products keep it.
    """

    def __init__(self, product: Product, security: Security, credentials: CredentialSet, context: AuthContext) -> None:
        self._product = product
        self._security = security
        self._credentials = credentials
        self._context = context
        self._bindings: tuple[CredentialBinding, ...] | None = None
        self._held: tuple[ScopedCredential, ...] = ()
        self._suspected: tuple[str, float] = ("", 0.0)

    def authorize(self, request: Request, *, deadline: float | None, replay: bool = False) -> Flow[AppliedCredentials]:
        """Put credentials on the request. `replay`: this call was refused before with another credential.

        `deadline` is on the context's clock; a token request has the connect and read timeouts of `request`.
        With a fresh token this yields no step. Raises CredentialsError where there is no credential to be had in time.
        """
        bindings = self._bindings
        if bindings is None or self._credentials.entries is not self._held:  # a function may give others
            bindings = yield from self._select()
        applied = AppliedCredentials(replay=replay)
        for binding in bindings:
            token = yield from binding.manager.acquire(deadline, _timeouts(request))
            binding.put(request, token.value)
            request.secrets.append(token.value)
            applied.tokens.append((binding, token))
        return applied

    def _select(self) -> Flow[tuple[CredentialBinding, ...]]:
        held = yield from self._credentials.resolve()
        schemes = resolve_security(self._product, self._security, held)
        found = [binding_of(scheme, self._product, self._context) for scheme in schemes]
        bindings = tuple(binding for binding in found if binding is not None)
        self._bindings, self._held = bindings, held
        return bindings

    def rejected(
        self, request: Request, response: Response, applied: AppliedCredentials | None, *, deadline: float | None
    ) -> Flow[bool]:
        """Drop the credentials (only those) that a request carried when its response was a 401, and return True if
        another try makes sense; `authorize` is then asked again."""
        if applied is None:
            return False
        applied.asked = True
        if any(word in response.content for word in _PRODUCT_REFUSALS):
            return False
        changed = False
        for binding, token in applied.tokens:
            if not binding.renewable or self._is_suspected(token):
                continue
            binding.manager.invalidate(token)
            fresh = yield from binding.manager.acquire(deadline, _timeouts(request))
            if fresh.fingerprint != token.fingerprint:
                binding.manager.events.emit("replayed")
                changed = True
            else:
                self._suspect(binding, token)
        return changed

    def explain(self, status: int, applied: AppliedCredentials | None) -> str | None:
        """Return advice for the error of a final 401 or 403 (a product that the key lacks); None for others. No waiting."""
        if applied is None or status not in (401, 403):
            return None
        if status == 401:
            self._on_final_401(applied)
        info = next((token.info for binding, token in applied.tokens if binding.is_token), None)
        if info is not None:
            return about_token(self._product, info, status)
        return about_key(self._product, status) if applied.tokens else None

    def _on_final_401(self, applied: AppliedCredentials) -> None:
        for binding, token in applied.tokens:
            if not binding.renewable:
                continue
            if applied.replay:
                self._suspect(binding, token)
            elif not applied.asked:  # the body could not be sent again, but the next call should not fail too
                binding.manager.invalidate(token)

    def _suspect(self, binding: CredentialBinding, token: AccessToken) -> None:
        seconds = _SUSPECT_TOKEN if binding.is_token else _SUSPECT_LOOKUP
        self._suspected = (token.fingerprint, self._context.clock() + seconds)

    def _is_suspected(self, token: AccessToken) -> bool:
        fingerprint, until = self._suspected
        return token.fingerprint == fingerprint and self._context.clock() < until

    def __repr__(self) -> str:
        return f"<Authorizer for {self._product.name}>"


def _timeouts(request: Request) -> Timeouts:
    """Take the time limits of the call that waits for the token: they may differ between copies of one client."""
    return request.connect_timeout, request.read_timeout


def about_token(product: Product, info: TokenInfo, status: int) -> str | None:
    """Return advice after the server refused a call that carried a token."""
    name = product.console_name
    if name is not None and info.products and name not in info.products:
        has = ", ".join(f"“{other}”" for other in info.products)
        return f"The key has no product “{name}” (it has {has}): {_ADD}"
    if status == 401:
        return "A new token was refused too, or could not be tried. Check that the key still exists and is for this product."
    if name in info.products:
        return f"The key has the product “{name}”, but may lack the right to this call: it may be a read-only key."
    return None if name is None else f"If the key has no product “{name}”: {_ADD}"


def about_key(product: Product, status: int) -> str | None:
    """Return advice after the server refused a key, a tenant's token or a password."""
    if status == 401:
        wanted = "is right and still exists"
        if product.console_name is not None:
            wanted = f"is right, still exists, and has the product “{product.console_name}”"
        return f"Check that the key or token given to the client {wanted}."
    return None if product.console_name is None else f"If the key has no product “{product.console_name}”: {_ADD}"


def build_authorizer(
    product: Product, security: Security, credentials: CredentialSet | None, *, context: AuthContext
) -> Authorizer | None:
    """Return the authorizer for calls of a product with this security requirement; None if it asks for nothing.

    Credentials that lack what the operation needs are no
    error here but in `authorize`, so that a client can be made before its credentials are complete.
    """
    if not any(security):
        return None
    return Authorizer(product, security, credentials or CredentialSet(), context)
