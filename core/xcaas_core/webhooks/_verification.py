"""Options and checks of both verifiers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from .._checks import has_methods, invalid_type, is_collection, is_mapping, is_number, is_str_mapping
from .._errors import ConfigurationError, DecodeError
from ..calls._options import ClientOptions
from ..calls._retry import Timeout
from ..http._urls import is_insecure, rebase
from ..models import Webhook
from ..sansio._steps import Flow, run_in_thread
from ._errors import WebhookError
from ._headers import Headers, SignedHeaders, read_headers
from ._jwk import rsa_key
from ._keys import KEY_ID_FIELD, KeyLimits, KeyRing
from ._replay import MemoryReplayStore, ReplayStore, replay_key
from ._signature import Signature, is_genuine, parse_signature

if TYPE_CHECKING:
    import ssl

    from ..calls._options import HttpClient, TransportFactory

__all__ = ["Body", "Delivery", "Verification"]

T = TypeVar("T")
Body = bytes | bytearray | memoryview

_log = logging.getLogger("xcaas.webhooks")


@dataclass(frozen=True, slots=True)
class Delivery(Generic[T]):
    """A genuine, new webhook."""

    event: T
    """The event. A kind that this release does not know is an `UnknownModel` with all its fields."""
    event_id: str
    """Id of the event, the same for all its retries."""
    tenant_id: str
    customer_id: str
    sent_at: datetime
    """When this attempt was sent, in UTC."""
    retry: int
    """Number of earlier attempts."""
    key_id: str
    """Id of the signing key."""


class Verification(Generic[T]):
    """The base of both verifiers: options, and the flow of checks."""

    def __init__(
        self,
        webhook: Webhook[T],
        *,
        tenants: Collection[str] | None = None,
        tolerance: float = 300.0,
        replay_store: ReplayStore | None = None,
        replay_seconds: float = 86_400.0,
        key_urls: Sequence[str] | None = None,
        keys: Mapping[str, Mapping[str, str]] | None = None,
        key_lifetime: float = 3600.0,
        max_key_fetches: int = 20,
        base_url: str | None = None,
        timeout: Timeout | float | None = 10.0,
        http_client: HttpClient | TransportFactory | None = None,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | None = None,
        http_library: Literal["httpx", "httpx2"] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """
        Args:
            webhook: The webhook to receive: `chat_gateway.webhooks.CHAT_EVENT`, `cc_chat.webhooks.CHAT_EVENT`.
            tenants: Ids of the tenants to accept events from; None for all. The service signs for all its customers,
                so name your tenants.
            tolerance: Maximum age of a request in seconds, or time ahead of this machine's clock.
            replay_store: Remembers received events; by default, a `MemoryReplayStore`. Several workers need a shared
                one, such as a `RedisReplayStore`.
            replay_seconds: Seconds to remember an event.
            key_urls: URLs of public keys, tried in order, with `{kid}` in place of the key's id; by default, the spec's.
            keys: Known public keys by id, as JWKs, which are never fetched.
            key_lifetime: Seconds until a key is fetched again.
            max_key_fetches: Maximum requests per minute for unknown key ids.
            base_url: Replaces the origin of `key_urls`; paths are kept.
            timeout: Seconds to fetch a key; or a `Timeout`; None for no limit.
            http_client: Your own `httpx` or `httpx2` client: `Client` for blocking verifiers, `AsyncClient` for
                async ones. You close it.
            verify: Path of a CA bundle, an `SSLContext`, or False to skip certificate checks.
            proxy: Proxy address; by default, the environment's proxies are used.
            http_library: HTTP library for fetching keys.
            wall: Returns the current time in seconds since 1970.

        Raises:
            ConfigurationError: An option is invalid, or the extra `webhooks` is not installed.
        """
        if find_spec("cryptography") is None:
            raise ConfigurationError("cryptography is not installed", advice="Install xcaas[webhooks].")
        if not isinstance(webhook, Webhook):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid_type("webhook", webhook, "what comes, such as chat_gateway.webhooks.CHAT_EVENT")
        for name, seconds in (
            ("tolerance", tolerance),
            ("replay_seconds", replay_seconds),
            ("key_lifetime", key_lifetime),
        ):
            _check_positive(name, seconds)
        _check_positive("max_key_fetches", max_key_fetches)
        if tenants is not None:
            _check_strs("tenants", tenants, "ids")
            if not tenants:
                raise ConfigurationError("tenants is empty: no event would be taken", advice="None takes those of all.")
        if key_urls is not None:
            _check_strs("key_urls", key_urls, "addresses")
        if keys is not None and not (is_mapping(keys) and all(map(is_str_mapping, keys.values()))):
            raise invalid_type("keys", keys, "a mapping from ids to JWKs, which are mappings of text")
        if replay_store is not None and not has_methods(replay_store, "claim", "release"):
            advice = "Pass RedisReplayStore(address) for a store in Redis."
            raise invalid_type(
                "replay_store", replay_store, "a store with the methods claim and release (def, not async def)", advice
            )
        if replay_seconds < 2 * tolerance:
            raise ConfigurationError(
                "replay_seconds must be at least twice the tolerance", advice="Replays would pass."
            )
        self._webhook = webhook
        self._tenants = None if tenants is None else frozenset(tenants)
        self._tolerance = tolerance
        self._store: ReplayStore = MemoryReplayStore() if replay_store is None else replay_store
        self._replay_seconds = replay_seconds
        self._wall = wall
        key_timeout = Timeout.of(timeout)
        self._options = ClientOptions(
            timeout=key_timeout, http_client=http_client, verify=verify, proxy=proxy, http_library=http_library
        )
        addresses = [_key_url(url, base_url) for url in (webhook.key_urls if key_urls is None else key_urls)]
        if not addresses and not keys:
            raise ConfigurationError(
                f"nobody says where the keys of {webhook.name} are", advice="Pass key_urls or keys."
            )
        fake: Any = http_client  # a fake of the network has its own clock
        self._keys = KeyRing(
            addresses,
            {key_id: _parse_key(jwk, key_id) for key_id, jwk in (keys or {}).items()},
            KeyLimits(key_lifetime, max_key_fetches, 60.0, key_timeout),
            fake.clock if hasattr(http_client, "sync_io") else time.monotonic,
        )

    def _check(self, headers: Headers, body: Body) -> Flow[Delivery[T]]:
        """Return the verified delivery, and remember it.

        Raises:
            WebhookError: It is not genuine, stale, not new, or could not be checked.
        """
        content = _to_bytes(body)
        signed = read_headers(headers)
        signature = parse_signature(signed.signature)
        if abs(self._wall() - signed.sent / 1000) > self._tolerance:
            raise WebhookError("stale", f"the request was not sent within the last {self._tolerance:g} s")
        if self._tenants is not None and signed.tenant not in self._tenants:
            raise WebhookError("other_tenant", "the request is for a tenant that this receiver does not take")
        key = yield from self._keys.find(signature.key_id)
        if not is_genuine(signature, key, signed, content):
            raise WebhookError("bad_signature", "the signature is not that of these headers and this body")
        delivery = self._delivery(signed, signature, content)
        yield from self._claim(replay_key(signed.tenant, signed.event))
        return delivery

    def _delivery(self, signed: SignedHeaders, signature: Signature, content: bytes) -> Delivery[T]:
        try:
            event = self._webhook(content)
            sent_at = datetime.fromtimestamp(signed.sent / 1000, UTC)
        except (DecodeError, ValueError, OverflowError) as error:
            message = f"the body is genuine, but no {self._webhook.name} that this release can read: {error}"
            raise WebhookError("bad_body", message) from error
        return Delivery(event, signed.event, signed.tenant, signed.customer, sent_at, signed.retry, signature.key_id)

    def _claim(self, key: str) -> Flow[None]:
        try:
            is_new = yield from run_in_thread(lambda: self._store.claim(key, self._replay_seconds))
        except Exception as error:
            message = f"the store of received events failed: {type(error).__name__}"
            raise WebhookError("store_unavailable", message) from error
        if not is_new:
            raise WebhookError("replayed", "this event was received before")

    def _release(self, delivery: Delivery[T]) -> Flow[None]:
        """Forget an event that was not handled, so that it is accepted again."""
        key = replay_key(delivery.tenant_id, delivery.event_id)
        try:
            yield from run_in_thread(lambda: self._store.release(key))
        except Exception as error:  # callers should see their own exception instead
            _log.warning("an event that was not handled stays marked as received: %s", type(error).__name__)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._webhook.name}>"


def _check_strs(name: str, value: object, items: str) -> None:
    if isinstance(value, str | bytes) or not is_collection(value) or not all(isinstance(item, str) for item in value):
        raise invalid_type(name, value, f"a list of {items}", "Pass a list, also for a single one.")


def _check_positive(name: str, value: object) -> None:
    if not is_number(value) or not value > 0:
        raise ConfigurationError(f"{name} must be a positive number")


def _key_url(template: str, base_url: str | None) -> str:
    if KEY_ID_FIELD not in template:
        raise ConfigurationError(f"an address of keys has no {KEY_ID_FIELD}, which the id takes the place of")
    address = rebase(template, base_url)
    if is_insecure(urlsplit(address)):
        raise ConfigurationError(
            "keys fetched over plain HTTP could be anybody's",
            advice="Use https://. Only this machine may be asked otherwise.",
        )
    return address


def _parse_key(jwk: Mapping[str, str], key_id: str) -> Any:
    try:
        return rsa_key(jwk, key_id)
    except ValueError as error:
        raise ConfigurationError(f"the key {key_id!r} in keys cannot be used: {error}") from None


def _to_bytes(body: object) -> bytes:
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, memoryview):
        return body.tobytes()
    raise invalid_type(
        "body", body, "the bytes of the request as they came", "JSON that was read is not what was signed."
    )
