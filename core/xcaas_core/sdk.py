"""Everything that generated clients import, except models.

Importing this module loads no model, no credential code and no parser: those
come with the first call that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._deprecated import deprecated
from ._lazy import lazy_attributes, public
from .client._base import RegionSetting
from .client._client import AsyncClientBase, ClientBase
from .client._resources import AsyncProductClient, AsyncResource, ProductClient, Resource
from .operations._extensions import DownloadSpec, LinkSpec, PaginationSpec, PollingSpec, StatusLink, StopCondition
from .operations._operation import Operation
from .operations._parameter import (
    Body,
    Encoding,
    FilterSpec,
    Parameter,
    ResponseSpec,
    ResponseSpecs,
    binary_response,
    cookie,
    empty_response,
    header,
    json_body,
    json_error,
    json_response,
    path,
    query,
    text_response,
    xml_response,
)
from .operations._product import Product, RateLimit, Scheme, Server, Variable

if TYPE_CHECKING:
    # Types in annotations, not imported until these are read; and functions that few operations need.
    from .downloads._download import AsyncDownload as AsyncDownload
    from .downloads._download import Download as Download
    from .events._stream import AsyncEventStream as AsyncEventStream
    from .events._stream import EventStream as EventStream
    from .filters import Filter as Filter
    from .models import AnyOf as AnyOf
    from .models import JSONValue as JSONValue
    from .models import UnknownModel as UnknownModel
    from .paging._pager import AsyncPager as AsyncPager
    from .paging._pager import Pager as Pager
    from .polling._poller import AsyncPoller as AsyncPoller
    from .polling._poller import Poller as Poller
    from .serialization._binary_body import binary_body as binary_body
    from .serialization._form_body import form_body as form_body
    from .serialization._inputs import BinaryInput as BinaryInput
    from .serialization._inputs import FileInput as FileInput
    from .serialization._multipart_body import multipart_body as multipart_body
    from .serialization._selection import bodies as bodies
    from .serialization._text_body import text_body as text_body
    from .serialization._text_body import xml_body as xml_body
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AnyOf": "models",
            "AsyncDownload": "downloads._download",
            "AsyncEventStream": "events._stream",
            "AsyncPager": "paging._pager",
            "AsyncPoller": "polling._poller",
            "BinaryInput": "serialization._inputs",
            "Download": "downloads._download",
            "EventStream": "events._stream",
            "FileInput": "serialization._inputs",
            "Filter": "filters",
            "JSONValue": "models",
            "Pager": "paging._pager",
            "Poller": "polling._poller",
            "binary_body": "serialization._binary_body",
            "bodies": "serialization._selection",
            "form_body": "serialization._form_body",
            "multipart_body": "serialization._multipart_body",
            "UnknownModel": "models",
            "text_body": "serialization._text_body",
            "xml_body": "serialization._text_body",
        },
        package=__package__,
        advice=": a package that another release built has to be built again, by this release's xcaas-gen",
    )

__all__ = [
    "AnyOf",
    "AsyncClientBase",
    "AsyncProductClient",
    "AsyncResource",
    "Body",
    "ClientBase",
    "DownloadSpec",
    "Encoding",
    "FilterSpec",
    "LinkSpec",
    "Operation",
    "PaginationSpec",
    "Parameter",
    "PollingSpec",
    "Product",
    "ProductClient",
    "RateLimit",
    "RegionSetting",
    "Resource",
    "ResponseSpec",
    "ResponseSpecs",
    "Scheme",
    "Server",
    "StatusLink",
    "StopCondition",
    "Variable",
    "binary_body",
    "binary_response",
    "bodies",
    "cookie",
    "deprecated",
    "empty_response",
    "form_body",
    "header",
    "json_body",
    "json_error",
    "json_response",
    "lazy_attributes",
    "multipart_body",
    "path",
    "public",
    "query",
    "text_body",
    "text_response",
    "xml_body",
    "xml_response",
]
