"""Webhooks: requests that the services send to you, verified."""

from __future__ import annotations

from ._errors import WebhookError as WebhookError
from ._errors import WebhookReason as WebhookReason
from ._replay import MemoryReplayStore as MemoryReplayStore
from ._replay import ReplayStore as ReplayStore
from ._replay_redis import RedisReplayStore as RedisReplayStore
from ._verification import Delivery as Delivery
from ._verifier import AsyncVerifier as AsyncVerifier
from ._verifier import Verifier as Verifier

__all__ = [
    "AsyncVerifier",
    "Delivery",
    "MemoryReplayStore",
    "RedisReplayStore",
    "ReplayStore",
    "Verifier",
    "WebhookError",
    "WebhookReason",
]
