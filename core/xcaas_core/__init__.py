"""The run time of every generated client: calls, credentials, models.

Everything here loads on first use. Generated packages offer the same names as their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _errors
from ._lazy import lazy_attributes

if TYPE_CHECKING:
    from . import testing
    from ._by_key import by_key
    from ._errors import (
        ArchiveError,
        ArgumentError,
        Attempt,
        AuthenticationError,
        BadRequestError,
        CallTimeoutError,
        CertificateError,
        ConfigurationError,
        ConflictError,
        ConnectError,
        ConnectionLostError,
        CredentialsError,
        DecodeError,
        DownloadError,
        ExportError,
        MissingCredentialsError,
        NotAcceptableError,
        NotFoundError,
        PagingError,
        PermissionDeniedError,
        PollerError,
        PollerTimeoutError,
        PreconditionFailedError,
        RateLimitError,
        RedirectError,
        ResponseError,
        ServerError,
        TokenError,
        TransportError,
        UnprocessableError,
        UnsupportedMediaError,
        XCaaSError,
    )
    from ._secrets import Secret
    from ._version import __version__
    from .auth.credentials._base import Credential
    from .auth.credentials._from_env import credentials_from_env
    from .auth.credentials._from_profile import credentials_from_profile, default_profile_path
    from .auth.credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
    from .auth.credentials._set import Credentials
    from .auth.credentials._sources import EnvironmentVariable
    from .auth.tokens._errors import (
        SecretUnavailableError,
        TokenRateLimitError,
        TokenRefusedError,
        TokenResponseError,
        TokenTimeoutError,
        TokenUnavailableError,
    )
    from .auth.tokens._events import AuthCounters, AuthEvent
    from .auth.tokens._token import TokenInfo, TokenPolicy
    from .auth.tokens.caches._file import FileTokenCache
    from .auth.tokens.caches._memory import MemoryTokenCache
    from .auth.tokens.caches._redis import RedisTokenCache
    from .auth.tokens.caches._sharing import TokenCache
    from .calls._retry import RetryPolicy, Timeout
    from .calls.hooks._events import AttemptEvent, Hook, HookResponse, ResponseHook, TokenEvent, TokenHook
    from .calls.shared_limits._limiter import RateLimitStore
    from .calls.shared_limits._redis import RedisRateLimits
    from .client.raw._raw_response import RawResponse
    from .client.raw._streamed import AsyncStreamedResponse, AsyncStreaming, StreamedResponse
    from .downloads._archive import unzip
    from .downloads._download import AsyncDownload, Download
    from .downloads._download_many import Saved, adownload_all, download_all
    from .events._state import FrameTooBigError
    from .filters._fields import F
    from .filters._filter import Filter
    from .models import JSONValue, Model, UnknownModel
    from .models._cattrs import register_cattrs
    from .operations._product import RateLimit
    from .paging._pager import AsyncPager, Pager
    from .paging._pages import Page
    from .polling._job import PollProgress
    from .polling._poller import AsyncPoller, Poller
    from .serialization._inputs import BinaryInput, FileInput
    from .tables._rows import rows
    from .webhooks._errors import WebhookError
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApiKey": "auth.credentials._kinds",
            "AsyncDownload": "downloads._download",
            "AsyncPager": "paging._pager",
            "AsyncPoller": "polling._poller",
            "AsyncStreamedResponse": "client.raw._streamed",
            "AsyncStreaming": "client.raw._streamed",
            "AttemptEvent": "calls.hooks._events",
            "AuthCounters": "auth.tokens._events",
            "AuthEvent": "auth.tokens._events",
            "BasicToken": "auth.credentials._kinds",
            "BearerToken": "auth.credentials._kinds",
            "BinaryInput": "serialization._inputs",
            "ClientCredentials": "auth.credentials._kinds",
            "Credential": "auth.credentials._base",
            "Credentials": "auth.credentials._set",
            "Download": "downloads._download",
            "EnvironmentVariable": "auth.credentials._sources",
            "F": "filters._fields",
            "FileInput": "serialization._inputs",
            "FileTokenCache": "auth.tokens.caches._file",
            "Filter": "filters._filter",
            "FrameTooBigError": "events._state",
            "Hook": "calls.hooks._events",
            "HookResponse": "calls.hooks._events",
            "JSONValue": "models",
            "MemoryTokenCache": "auth.tokens.caches._memory",
            "Model": "models",
            "Page": "paging._pages",
            "Pager": "paging._pager",
            "PollProgress": "polling._job",
            "Poller": "polling._poller",
            "RateLimit": "operations._product",
            "RateLimitStore": "calls.shared_limits._limiter",
            "RawResponse": "client.raw._raw_response",
            "RedisRateLimits": "calls.shared_limits._redis",
            "RedisTokenCache": "auth.tokens.caches._redis",
            "ResponseHook": "calls.hooks._events",
            "RetryPolicy": "calls._retry",
            "Saved": "downloads._download_many",
            "Secret": "_secrets",
            "SecretUnavailableError": "auth.tokens._errors",
            "StreamedResponse": "client.raw._streamed",
            "Timeout": "calls._retry",
            "TokenResponseError": "auth.tokens._errors",
            "TokenCache": "auth.tokens.caches._sharing",
            "TokenEvent": "calls.hooks._events",
            "TokenHook": "calls.hooks._events",
            "TokenInfo": "auth.tokens._token",
            "TokenPolicy": "auth.tokens._token",
            "TokenRateLimitError": "auth.tokens._errors",
            "TokenRefusedError": "auth.tokens._errors",
            "TokenTimeoutError": "auth.tokens._errors",
            "TokenUnavailableError": "auth.tokens._errors",
            "UnknownModel": "models",
            "WebhookError": "webhooks._errors",
            "WorkAnalyticsLogin": "auth.credentials._kinds",
            "__version__": "_version",
            "adownload_all": "downloads._download_many",
            "by_key": "_by_key",
            "credentials_from_env": "auth.credentials._from_env",
            "credentials_from_profile": "auth.credentials._from_profile",
            "default_profile_path": "auth.credentials._from_profile",
            "download_all": "downloads._download_many",
            "register_cattrs": "models._cattrs",
            "rows": "tables._rows",
            "testing": "",
            "unzip": "downloads._archive",
        },
        _errors,
    )

__all__ = [
    "ApiKey",
    "ArchiveError",
    "ArgumentError",
    "AsyncDownload",
    "AsyncPager",
    "AsyncPoller",
    "AsyncStreamedResponse",
    "AsyncStreaming",
    "Attempt",
    "AttemptEvent",
    "AuthCounters",
    "AuthEvent",
    "AuthenticationError",
    "BadRequestError",
    "BasicToken",
    "BearerToken",
    "BinaryInput",
    "CallTimeoutError",
    "CertificateError",
    "ClientCredentials",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "Credential",
    "Credentials",
    "CredentialsError",
    "DecodeError",
    "Download",
    "DownloadError",
    "EnvironmentVariable",
    "ExportError",
    "F",
    "FileInput",
    "FileTokenCache",
    "Filter",
    "FrameTooBigError",
    "Hook",
    "HookResponse",
    "JSONValue",
    "MemoryTokenCache",
    "MissingCredentialsError",
    "Model",
    "NotAcceptableError",
    "NotFoundError",
    "Page",
    "Pager",
    "PagingError",
    "PermissionDeniedError",
    "PollProgress",
    "Poller",
    "PollerError",
    "PollerTimeoutError",
    "PreconditionFailedError",
    "RateLimit",
    "RateLimitError",
    "RateLimitStore",
    "RawResponse",
    "RedirectError",
    "RedisRateLimits",
    "RedisTokenCache",
    "ResponseError",
    "ResponseHook",
    "RetryPolicy",
    "Saved",
    "Secret",
    "SecretUnavailableError",
    "ServerError",
    "StreamedResponse",
    "Timeout",
    "TokenCache",
    "TokenError",
    "TokenEvent",
    "TokenHook",
    "TokenInfo",
    "TokenPolicy",
    "TokenRateLimitError",
    "TokenRefusedError",
    "TokenResponseError",
    "TokenTimeoutError",
    "TokenUnavailableError",
    "TransportError",
    "UnknownModel",
    "UnprocessableError",
    "UnsupportedMediaError",
    "WebhookError",
    "WorkAnalyticsLogin",
    "XCaaSError",
    "__version__",
    "adownload_all",
    "by_key",
    "credentials_from_env",
    "credentials_from_profile",
    "default_profile_path",
    "download_all",
    "register_cattrs",
    "rows",
    "testing",
    "unzip",
]
