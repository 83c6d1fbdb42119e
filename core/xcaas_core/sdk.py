"""Everything that generated clients import, except models.

Importing this module loads no model, no credential code and no parser: those
come with the first call that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._client import ClientBase
from ._client_async import AsyncClientBase
from ._deprecated import deprecated
from ._extensions import Downloading, Last, Paging, Polling, PollStatus, Related
from ._lazy import lazy_attributes
from ._multipart_body import multipart_body
from ._operation import Operation
from ._product import Product, RateLimit, Scheme, Server, Variable
from ._resource import AsyncProductClient, AsyncResource, ProductClient, Resource
from ._spec import (
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

if TYPE_CHECKING:
    # What methods take and return: named in annotations only, so not imported before these are read.
    from ._download import AsyncDownload as AsyncDownload
    from ._download import Download as Download
    from ._inputs import BinaryInput as BinaryInput
    from ._inputs import FileInput as FileInput
    from ._pager import AsyncPager as AsyncPager
    from ._pager import Pager as Pager
    from ._poller import AsyncPoller as AsyncPoller
    from ._poller import Poller as Poller
    from .models import JSONValue as JSONValue
    from .models import UnknownModel as UnknownModel
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AsyncDownload": "_download",
            "AsyncPager": "_pager",
            "AsyncPoller": "_poller",
            "BinaryInput": "_inputs",
            "Download": "_download",
            "FileInput": "_inputs",
            "JSONValue": "models",
            "Pager": "_pager",
            "Poller": "_poller",
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
