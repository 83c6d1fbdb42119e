"""The run time of every generated client: calls, credentials, models.

Everything here loads on first use. Generated packages offer the same names as their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import lazy_attributes

if TYPE_CHECKING:
    from . import testing as testing
    from ._by_key import by_key as by_key
    from ._errors import ArchiveError as ArchiveError
    from ._errors import ArgumentError as ArgumentError
    from ._errors import Attempt as Attempt
    from ._errors import AuthenticationError as AuthenticationError
    from ._errors import BadRequestError as BadRequestError
    from ._errors import CallTimeoutError as CallTimeoutError
    from ._errors import CertificateError as CertificateError
    from ._errors import ConfigurationError as ConfigurationError
    from ._errors import ConflictError as ConflictError
    from ._errors import ConnectError as ConnectError
    from ._errors import ConnectionLostError as ConnectionLostError
    from ._errors import CredentialsError as CredentialsError
    from ._errors import DecodeError as DecodeError
    from ._errors import DownloadError as DownloadError
    from ._errors import ExportError as ExportError
    from ._errors import MissingCredentialsError as MissingCredentialsError
    from ._errors import NotAcceptableError as NotAcceptableError
    from ._errors import NotFoundError as NotFoundError
    from ._errors import PagingError as PagingError
    from ._errors import PermissionDeniedError as PermissionDeniedError
    from ._errors import PollerError as PollerError
    from ._errors import PollerTimeoutError as PollerTimeoutError
    from ._errors import PreconditionFailedError as PreconditionFailedError
    from ._errors import RateLimitError as RateLimitError
    from ._errors import RedirectError as RedirectError
    from ._errors import ResponseError as ResponseError
    from ._errors import ServerError as ServerError
    from ._errors import TokenError as TokenError
    from ._errors import TransportError as TransportError
    from ._errors import UnprocessableError as UnprocessableError
    from ._errors import UnsupportedMediaError as UnsupportedMediaError
    from ._errors import XCaaSError as XCaaSError
    from .auth import ApiKey as ApiKey
    from .auth import AuthCounters as AuthCounters
    from .auth import AuthEvent as AuthEvent
    from .auth import BasicToken as BasicToken
    from .auth import BearerToken as BearerToken
    from .auth import ClientCredentials as ClientCredentials
    from .auth import Credential as Credential
    from .auth import Credentials as Credentials
    from .auth import EnvironmentVariable as EnvironmentVariable
    from .auth import FileTokenCache as FileTokenCache
    from .auth import MemoryTokenCache as MemoryTokenCache
    from .auth import RedisTokenCache as RedisTokenCache
    from .auth import Secret as Secret
    from .auth import SecretUnavailableError as SecretUnavailableError
    from .auth import TokenCache as TokenCache
    from .auth import TokenInfo as TokenInfo
    from .auth import TokenPolicy as TokenPolicy
    from .auth import TokenRateLimitError as TokenRateLimitError
    from .auth import TokenRefusedError as TokenRefusedError
    from .auth import TokenResponseError as TokenResponseError
    from .auth import TokenTimeoutError as TokenTimeoutError
    from .auth import TokenUnavailableError as TokenUnavailableError
    from .auth import WorkAnalyticsLogin as WorkAnalyticsLogin
    from .auth import credentials_from_env as credentials_from_env
    from .auth import credentials_from_profile as credentials_from_profile
    from .calls._hooks import AttemptEvent as AttemptEvent
    from .calls._hooks import Hook as Hook
    from .calls._hooks import TokenEvent as TokenEvent
    from .calls._hooks import TokenHook as TokenHook
    from .calls._options import Timeout as Timeout
    from .calls._retry import RetryPolicy as RetryPolicy
    from .client.raw._raw_response import RawResponse as RawResponse
    from .client.raw._streamed import AsyncStreamedResponse as AsyncStreamedResponse
    from .client.raw._streamed import AsyncStreaming as AsyncStreaming
    from .client.raw._streamed import StreamedResponse as StreamedResponse
    from .downloads._archive import unzip as unzip
    from .downloads._download import AsyncDownload as AsyncDownload
    from .downloads._download import Download as Download
    from .downloads._download_many import Saved as Saved
    from .downloads._download_many import adownload_all as adownload_all
    from .downloads._download_many import download_all as download_all
    from .models import JSONValue as JSONValue
    from .models import Model as Model
    from .models import UnknownModel as UnknownModel
    from .models._cattrs import register_cattrs as register_cattrs
    from .operations._product import RateLimit as RateLimit
    from .paging._pager import AsyncPager as AsyncPager
    from .paging._pager import Pager as Pager
    from .paging._pages import Page as Page
    from .polling._poller import AsyncPoller as AsyncPoller
    from .polling._poller import Poller as Poller
    from .polling._poller import PollProgress as PollProgress
    from .serialization._inputs import BinaryInput as BinaryInput
    from .serialization._inputs import FileInput as FileInput
    from .tables._rows import rows as rows
    from .webhooks._errors import WebhookError as WebhookError
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApiKey": "auth",
            "ArchiveError": "_errors",
            "ArgumentError": "_errors",
            "AsyncDownload": "downloads._download",
            "AsyncPager": "paging._pager",
            "AsyncPoller": "polling._poller",
            "AsyncStreamedResponse": "client.raw._streamed",
            "AsyncStreaming": "client.raw._streamed",
            "Attempt": "_errors",
            "AttemptEvent": "calls._hooks",
            "AuthCounters": "auth",
            "AuthEvent": "auth",
            "AuthenticationError": "_errors",
            "BadRequestError": "_errors",
            "BasicToken": "auth",
            "BearerToken": "auth",
            "BinaryInput": "serialization._inputs",
            "CallTimeoutError": "_errors",
            "CertificateError": "_errors",
            "ClientCredentials": "auth",
            "ConfigurationError": "_errors",
            "ConflictError": "_errors",
            "ConnectError": "_errors",
            "ConnectionLostError": "_errors",
            "Credential": "auth",
            "Credentials": "auth",
            "CredentialsError": "_errors",
            "DecodeError": "_errors",
            "Download": "downloads._download",
            "DownloadError": "_errors",
            "EnvironmentVariable": "auth",
            "ExportError": "_errors",
            "FileInput": "serialization._inputs",
            "FileTokenCache": "auth",
            "Hook": "calls._hooks",
            "JSONValue": "models",
            "MemoryTokenCache": "auth",
            "MissingCredentialsError": "_errors",
            "Model": "models",
            "NotAcceptableError": "_errors",
            "NotFoundError": "_errors",
            "Page": "paging._pages",
            "Pager": "paging._pager",
            "PagingError": "_errors",
            "PermissionDeniedError": "_errors",
            "PollProgress": "polling._poller",
            "Poller": "polling._poller",
            "PollerError": "_errors",
            "PollerTimeoutError": "_errors",
            "PreconditionFailedError": "_errors",
            "RateLimit": "operations._product",
            "RateLimitError": "_errors",
            "RawResponse": "client.raw._raw_response",
            "RedirectError": "_errors",
            "RedisTokenCache": "auth",
            "ResponseError": "_errors",
            "RetryPolicy": "calls._retry",
            "Saved": "downloads._download_many",
            "Secret": "auth",
            "SecretUnavailableError": "auth",
            "ServerError": "_errors",
            "StreamedResponse": "client.raw._streamed",
            "Timeout": "calls._options",
            "TokenResponseError": "auth",
            "TokenCache": "auth",
            "TokenError": "_errors",
            "TokenEvent": "calls._hooks",
            "TokenHook": "calls._hooks",
            "TokenInfo": "auth",
            "TokenPolicy": "auth",
            "TokenRateLimitError": "auth",
            "TokenRefusedError": "auth",
            "TokenTimeoutError": "auth",
            "TokenUnavailableError": "auth",
            "TransportError": "_errors",
            "UnknownModel": "models",
            "UnprocessableError": "_errors",
            "UnsupportedMediaError": "_errors",
            "WebhookError": "webhooks._errors",
            "WorkAnalyticsLogin": "auth",
            "XCaaSError": "_errors",
            "adownload_all": "downloads._download_many",
            "by_key": "_by_key",
            "credentials_from_env": "auth",
            "credentials_from_profile": "auth",
            "download_all": "downloads._download_many",
            "register_cattrs": "models._cattrs",
            "rows": "tables._rows",
            "testing": "",
            "unzip": "downloads._archive",
        },
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
    "FileInput",
    "FileTokenCache",
    "Hook",
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
    "RawResponse",
    "RedirectError",
    "RedisTokenCache",
    "ResponseError",
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
    "adownload_all",
    "by_key",
    "credentials_from_env",
    "credentials_from_profile",
    "download_all",
    "register_cattrs",
    "rows",
    "testing",
    "unzip",
]
