"""Credentials and tokens: the kinds that users make, where they come from, and how they get onto requests.

Everything here loads on first use. Nothing else in the package knows how tokens work: the call flow
sees `build_authorizer` only (`xcaas_core/_authseam.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_attributes

if TYPE_CHECKING:
    from ._build import build_authorizer as build_authorizer
    from ._build import token_info as token_info
    from ._cache import MemoryTokenCache as MemoryTokenCache
    from ._cache import TokenCache as TokenCache
    from ._cache_file import FileTokenCache as FileTokenCache
    from ._cache_redis import RedisTokenCache as RedisTokenCache
    from ._credential import Credential as Credential
    from ._environment import credentials_from_env as credentials_from_env
    from ._errors import SecretUnavailableError as SecretUnavailableError
    from ._errors import TokenAnswerError as TokenAnswerError
    from ._errors import TokenRateLimitError as TokenRateLimitError
    from ._errors import TokenRefusedError as TokenRefusedError
    from ._errors import TokenTimeoutError as TokenTimeoutError
    from ._errors import TokenUnavailableError as TokenUnavailableError
    from ._events import AuthCounters as AuthCounters
    from ._events import AuthEvent as AuthEvent
    from ._kinds import ApiKey as ApiKey
    from ._kinds import BasicToken as BasicToken
    from ._kinds import BearerToken as BearerToken
    from ._kinds import ClientCredentials as ClientCredentials
    from ._kinds import WorkAnalyticsLogin as WorkAnalyticsLogin
    from ._lease import TokenInfo as TokenInfo
    from ._policy import TokenPolicy as TokenPolicy
    from ._profile import credentials_from_profile as credentials_from_profile
    from ._secrets import Secret as Secret
    from ._sources import EnvironmentVariable as EnvironmentVariable
    from ._wallet import Credentials as Credentials
    from ._wallet import products_named as products_named
    from ._wallet import without_text as without_text
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApiKey": "_kinds",
            "AuthCounters": "_events",
            "AuthEvent": "_events",
            "BasicToken": "_kinds",
            "BearerToken": "_kinds",
            "ClientCredentials": "_kinds",
            "Credential": "_credential",
            "Credentials": "_wallet",
            "EnvironmentVariable": "_sources",
            "FileTokenCache": "_cache_file",
            "MemoryTokenCache": "_cache",
            "RedisTokenCache": "_cache_redis",
            "Secret": "_secrets",
            "SecretUnavailableError": "_errors",
            "TokenAnswerError": "_errors",
            "TokenCache": "_cache",
            "TokenInfo": "_lease",
            "TokenPolicy": "_policy",
            "TokenRateLimitError": "_errors",
            "TokenRefusedError": "_errors",
            "TokenTimeoutError": "_errors",
            "TokenUnavailableError": "_errors",
            "WorkAnalyticsLogin": "_kinds",
            "build_authorizer": "_build",
            "credentials_from_env": "_environment",
            "credentials_from_profile": "_profile",
            "products_named": "_wallet",
            "token_info": "_build",
            "without_text": "_wallet",
        },
    )

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
    "products_named",
    "token_info",
    "without_text",
]
