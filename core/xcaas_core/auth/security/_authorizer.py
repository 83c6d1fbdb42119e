"""The interface between calls and credentials.

The call flow has an `Authorizer` put credentials on the request of each attempt, and asks it once after
a 401 whether to try again. Rules:

- `authorize` runs as late as possible: after waiting for a free slot, just before `Send`.
- It is called only for URLs that may receive credentials, and not if the caller has set `Authorization`.
- `rejected` is called at most once per call, with the credentials of the refused attempt, and
  only if the body is replayable. It does not count as a retry.
- A flow that is closed or thrown into (a cancelled task) gives up any refresh that it leads.
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

__all__ = ["AppliedCredentials", "Authorizer", "build_authorizer", "key_advice"]

# Seconds without another renewal of a suspected value: a token costs a request, a lookup little.
_SUSPECT_TOKEN = 5.0
_SUSPECT_LOOKUP = 1.0

_ADD_PRODUCT = (
    "add it to the key in the Admin Console; a change shows up only after a replication delay of some minutes."
)

# Parts of the gateway's error codes that concern the key's products, not the token.
_PRODUCT_ERRORS = (b"ApiProduct", b"insufficient_scope")


@dataclass(slots=True)
class AppliedCredentials:
    """The credentials of one attempt. `replay`: the previous ones were refused."""

    tokens: list[tuple[CredentialBinding, AccessToken]] = field(
        default_factory=list["tuple[CredentialBinding, AccessToken]"]
    )
    replay: bool = False
    rejection_checked: bool = False


class Authorizer:
    """Puts credentials on requests of one product with one security requirement. Safe for threads and event loops.

    If a token is refused right after its predecessor was (or is the same again), the token is not at
    fault: its key may lack the product. Such a token is *suspected* for a while: this product's calls
    fail without another renewal, and other products keep the token.
    """

    def __init__(self, product: Product, security: Security, credentials: CredentialSet, context: AuthContext) -> None:
        self._product = product
        self._security = security
        self._credentials = credentials
        self._context = context
        self._bindings: tuple[CredentialBinding, ...] | None = None
        self._entries: tuple[ScopedCredential, ...] = ()
        self._suspected: tuple[str, float] = ("", 0.0)

    def authorize(self, request: Request, *, deadline: float | None, replay: bool = False) -> Flow[AppliedCredentials]:
        """Put credentials on the request. `replay`: this call was refused before with another credential.

        `deadline` is on the context's clock; a token request has the connect and read timeouts of `request`.
        With a fresh token this yields no step. Raises CredentialsError if no credential is available in time.
        """
        bindings = self._bindings
        if bindings is None or self._credentials.entries is not self._entries:  # a provider may return others
            bindings = yield from self._select()
        applied = AppliedCredentials(replay=replay)
        for binding in bindings:
            token = yield from binding.manager.acquire(deadline, _timeouts(request))
            binding.apply(request, token.value)
            request.secrets.append(token.value)
            applied.tokens.append((binding, token))
        return applied

    def _select(self) -> Flow[tuple[CredentialBinding, ...]]:
        entries = yield from self._credentials.resolve()
        schemes = resolve_security(self._product, self._security, entries)
        candidates = [binding_of(scheme, self._product, self._context) for scheme in schemes]
        bindings = tuple(binding for binding in candidates if binding is not None)
        self._bindings, self._entries = bindings, entries
        return bindings

    def rejected(
        self, request: Request, response: Response, applied: AppliedCredentials | None, *, deadline: float | None
    ) -> Flow[bool]:
        """Drop exactly the credentials that got a 401. Return whether to call `authorize` and try again."""
        if applied is None:
            return False
        applied.rejection_checked = True
        if any(word in response.content for word in _PRODUCT_ERRORS):
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
        """Return advice for the error of a final 401 or 403, else None. Never waits."""
        if applied is None or status not in (401, 403):
            return None
        if status == 401:
            self._on_final_401(applied)
        info = next((token.info for binding, token in applied.tokens if binding.is_token), None)
        if info is not None:
            return token_advice(self._product, info, status)
        return key_advice(self._product, status) if applied.tokens else None

    def _on_final_401(self, applied: AppliedCredentials) -> None:
        for binding, token in applied.tokens:
            if not binding.renewable:
                continue
            if applied.replay:
                self._suspect(binding, token)
            elif not applied.rejection_checked:  # the body was not replayable; spare the next call the same 401
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
    """Return the timeouts of the call that needs the token: copies of a client may have different ones."""
    return request.connect_timeout, request.read_timeout


def token_advice(product: Product, info: TokenInfo, status: int) -> str | None:
    """Return advice for a refused call with a token."""
    name = product.console_name
    if name is not None and info.products and name not in info.products:
        others = ", ".join(f"“{other}”" for other in info.products)
        return f"The key has no product “{name}” (it has {others}): {_ADD_PRODUCT}"
    if status == 401:
        return "A new token was refused too, or could not be tried. Check that the key still exists and is for this product."
    if name in info.products:
        return f"The key has the product “{name}”, but may lack the right to this call: it may be a read-only key."
    return None if name is None else f"If the key has no product “{name}”: {_ADD_PRODUCT}"


def key_advice(product: Product, status: int) -> str | None:
    """Return advice for a refused key, tenant's token or password."""
    if status == 401:
        requirement = "is right and still exists"
        if product.console_name is not None:
            requirement = f"is right, still exists, and has the product “{product.console_name}”"
        return f"Check that the key or token given to the client {requirement}."
    return (
        None if product.console_name is None else f"If the key has no product “{product.console_name}”: {_ADD_PRODUCT}"
    )


def build_authorizer(
    product: Product, security: Security, credentials: CredentialSet | None, *, context: AuthContext
) -> Authorizer | None:
    """Return the authorizer of a product and a security requirement; None if calls are anonymous.

    Missing credentials are an error in `authorize`, not here: a client can be created before its
    credentials are complete.
    """
    if not any(security):
        return None
    return Authorizer(product, security, credentials or CredentialSet(), context)
