"""Credentials and tokens: the kinds that users make, where they come from, and how they get onto requests.

Nothing else in the package knows how tokens work. The call flow sees `build_authorizer` only
(`xcaas_core/_authseam.py`).
"""

from __future__ import annotations

from ._build import build_authorizer, token_info
from ._cache import MemoryTokenCache, TokenCache
from ._credential import Credential
from ._errors import (
    SecretUnavailableError,
    TokenAnswerError,
    TokenRateLimitError,
    TokenRefusedError,
    TokenTimeoutError,
    TokenUnavailableError,
)
from ._events import AuthCounters, AuthEvent
from ._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ._lease import TokenInfo
from ._policy import TokenPolicy
from ._secrets import Secret
from ._sources import EnvironmentVariable
from ._wallet import Credentials, without_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._cache_file import FileTokenCache
    from ._cache_redis import RedisTokenCache
    from ._environment import credentials_from_env
    from ._profile import credentials_from_profile

__all__ = [
    "ApiKey",
    "AuthCounters",
    "AuthEvent",
    "BasicToken",
    "BearerToken",
    "ClientCredentials",
    "Credential",
    "Credentials",
    "EnvironmentVariable",
    "FileTokenCache",
    "MemoryTokenCache",
    "RedisTokenCache",
    "Secret",
    "SecretUnavailableError",
    "TokenAnswerError",
    "TokenCache",
    "TokenInfo",
    "TokenPolicy",
    "TokenRateLimitError",
    "TokenRefusedError",
    "TokenTimeoutError",
    "TokenUnavailableError",
    "WorkAnalyticsLogin",
    "build_authorizer",
    "credentials_from_env",
    "credentials_from_profile",
    "token_info",
    "without_text",
]

_LATER = {
    "FileTokenCache": "_cache_file",
    "RedisTokenCache": "_cache_redis",
    "credentials_from_env": "_environment",
    "credentials_from_profile": "_profile",
}


def __getattr__(name: str) -> object:
    if name in _LATER:
        from importlib import import_module

        value: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
