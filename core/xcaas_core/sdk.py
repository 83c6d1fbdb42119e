"""Everything that generated clients import, except models.

Importing this module loads no model, no credential code and no parser: those
come with the first call that needs them.
"""

from __future__ import annotations

from ._client import AsyncClientBase, ClientBase
from ._extensions import Downloading, Last, Paging, Polling, PollStatus, Related
from ._operation import Operation
from ._product import Product, RateLimit, Scheme, Server, Variable
from ._resource import AsyncProductClient, AsyncResource, ProductClient, Resource
from ._spec import (
    Answer,
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
    multipart_body,
    path,
    query,
    text_answer,
    text_body,
    xml_answer,
    xml_body,
)

__all__ = [
    "Answer",
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
    "empty_answer",
    "form_body",
    "header",
    "json_answer",
    "json_body",
    "json_error",
    "multipart_body",
    "path",
    "query",
    "text_answer",
    "text_body",
    "xml_answer",
    "xml_body",
]
