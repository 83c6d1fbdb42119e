"""Everything that generated clients import, except models.

Importing this module loads no model, no credential code and no parser: those
come with the first call that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._deprecated import deprecated
from ._lazy import lazy_attributes
from .client._async_client import AsyncClientBase
from .client._client import ClientBase
from .client._resources import AsyncProductClient, AsyncResource, ProductClient, Resource
from .operations._extensions import Downloading, Last, Paging, Polling, PollStatus, Related
from .operations._operation import Operation
from .operations._parameter import (
    Answer,
    Answers,
    Body,
    Encoding,
    Parameter,
    binary_answer,
    binary_body,
    bodies,
    cookie,
    empty_answer,
    form_body,
    header,
    json_answer,
    json_body,
    json_error,
    path,
    query,
    text_answer,
    text_body,
    xml_answer,
    xml_body,
)
from .operations._product import Product, RateLimit, Scheme, Server, Variable

if TYPE_CHECKING:
    # What methods take and return: named in annotations only, so not imported before these are read; and what few operations need.
    from .downloads._download import AsyncDownload as AsyncDownload
    from .downloads._download import Download as Download
    from .models import JSONValue as JSONValue
    from .models import UnknownModel as UnknownModel
    from .paging._pager import AsyncPager as AsyncPager
    from .paging._pager import Pager as Pager
    from .polling._poller import AsyncPoller as AsyncPoller
    from .polling._poller import Poller as Poller
    from .serialization._inputs import BinaryInput as BinaryInput
    from .serialization._inputs import FileInput as FileInput
    from .serialization._multipart_body import multipart_body as multipart_body
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AsyncDownload": "downloads._download",
            "AsyncPager": "paging._pager",
            "AsyncPoller": "polling._poller",
            "BinaryInput": "serialization._inputs",
            "Download": "downloads._download",
            "FileInput": "serialization._inputs",
            "JSONValue": "models",
            "Pager": "paging._pager",
            "Poller": "polling._poller",
            "multipart_body": "serialization._multipart_body",
            "UnknownModel": "models",
        },
        package=__package__,
    )

__all__ = [
    "Answer",
    "Answers",
    "AsyncClientBase",
    "AsyncProductClient",
    "AsyncResource",
    "Body",
    "ClientBase",
    "Downloading",
    "Encoding",
    "Last",
    "Operation",
    "Paging",
    "Parameter",
    "PollStatus",
    "Polling",
    "Product",
    "ProductClient",
    "RateLimit",
    "Related",
    "Resource",
    "Scheme",
    "Server",
    "Variable",
    "binary_answer",
    "binary_body",
    "bodies",
    "cookie",
    "deprecated",
    "empty_answer",
    "form_body",
    "header",
    "json_answer",
    "json_body",
    "json_error",
    "lazy_attributes",
    "multipart_body",
    "path",
    "query",
    "text_answer",
    "text_body",
    "xml_answer",
    "xml_body",
]
