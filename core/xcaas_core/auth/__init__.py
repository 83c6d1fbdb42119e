"""Credentials and tokens: the kinds that users make, where they come from, and how they get onto requests.

Everything here loads on first use. The call flow sees `build_authorizer` only (`_interface.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_attributes
from .._secrets import Secret as Secret

if TYPE_CHECKING:
    from .credentials._base import Credential as Credential
    from .credentials._from_env import credentials_from_env as credentials_from_env
    from .credentials._from_profile import credentials_from_profile as credentials_from_profile
    from .credentials._from_profile import default_profile_path as default_profile_path
    from .credentials._kinds import ApiKey as ApiKey
    from .credentials._kinds import BasicToken as BasicToken
    from .credentials._kinds import BearerToken as BearerToken
    from .credentials._kinds import ClientCredentials as ClientCredentials
    from .credentials._kinds import WorkAnalyticsLogin as WorkAnalyticsLogin
    from .credentials._set import Credentials as Credentials
    from .credentials._set import CredentialSet as CredentialSet
    from .credentials._sources import EnvironmentVariable as EnvironmentVariable
    from .security._authorizer import build_authorizer as build_authorizer
    from .security._authorizer import token_info as token_info
    from .tokens._errors import SecretUnavailableError as SecretUnavailableError
    from .tokens._errors import TokenRateLimitError as TokenRateLimitError
    from .tokens._errors import TokenRefusedError as TokenRefusedError
    from .tokens._errors import TokenResponseError as TokenResponseError
    from .tokens._errors import TokenTimeoutError as TokenTimeoutError
    from .tokens._errors import TokenUnavailableError as TokenUnavailableError
    from .tokens._events import AuthCounters as AuthCounters
    from .tokens._events import AuthEvent as AuthEvent
    from .tokens._token import TokenInfo as TokenInfo
    from .tokens._token import TokenPolicy as TokenPolicy
    from .tokens.caches._file import FileTokenCache as FileTokenCache
    from .tokens.caches._memory import MemoryTokenCache as MemoryTokenCache
    from .tokens.caches._redis import RedisTokenCache as RedisTokenCache
    from .tokens.caches._sharing import TokenCache as TokenCache
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApiKey": "credentials._kinds",
            "AuthCounters": "tokens._events",
            "AuthEvent": "tokens._events",
            "BasicToken": "credentials._kinds",
            "BearerToken": "credentials._kinds",
            "ClientCredentials": "credentials._kinds",
            "Credential": "credentials._base",
            "CredentialSet": "credentials._set",
            "Credentials": "credentials._set",
            "EnvironmentVariable": "credentials._sources",
            "FileTokenCache": "tokens.caches._file",
            "MemoryTokenCache": "tokens.caches._memory",
            "RedisTokenCache": "tokens.caches._redis",
            "SecretUnavailableError": "tokens._errors",
            "TokenResponseError": "tokens._errors",
            "TokenCache": "tokens.caches._sharing",
            "TokenInfo": "tokens._token",
            "TokenPolicy": "tokens._token",
            "TokenRateLimitError": "tokens._errors",
            "TokenRefusedError": "tokens._errors",
            "TokenTimeoutError": "tokens._errors",
            "TokenUnavailableError": "tokens._errors",
            "WorkAnalyticsLogin": "credentials._kinds",
            "build_authorizer": "security._authorizer",
            "credentials_from_env": "credentials._from_env",
            "credentials_from_profile": "credentials._from_profile",
            "default_profile_path": "credentials._from_profile",
            "token_info": "security._authorizer",
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
    "CredentialSet",
    "Credentials",
    "EnvironmentVariable",
    "FileTokenCache",
    "MemoryTokenCache",
    "RedisTokenCache",
    "Secret",
    "SecretUnavailableError",
    "TokenCache",
    "TokenInfo",
    "TokenPolicy",
    "TokenRateLimitError",
    "TokenRefusedError",
    "TokenResponseError",
    "TokenTimeoutError",
    "TokenUnavailableError",
    "WorkAnalyticsLogin",
    "build_authorizer",
    "credentials_from_env",
    "credentials_from_profile",
    "default_profile_path",
    "token_info",
]
