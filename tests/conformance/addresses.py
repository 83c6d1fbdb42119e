"""Where calls go without an address of the caller's: origin and base path of each server that a document lists.

The requests end in a transport of the HTTP library that gives the sample answer, so that hosts of documents need not be.
The same calls show whether `client.raw` hands out the status and the headers that were answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.conformance.answers import SampleAnswer
from tests.conformance.document import Document, Node, OperationNode
from tests.conformance.requests import Fault
from tests.conformance.server import LOGIN, TOKEN

__all__ = [
    "RELATIVE_TO",
    "RecordingTransport",
    "address_faults",
    "header_faults",
    "hosts",
    "is_complete",
    "is_relative",
    "servers",
]

RELATIVE_TO = "https://relative.example"


class RecordingTransport(httpx.BaseTransport):
    """Keeps the address of each request and gives the answer that was laid ready."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.answer: SampleAnswer | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.read() == LOGIN:
            return httpx.Response(200, headers={"Content-Type": "application/json"}, content=TOKEN)
        self.addresses.append(str(request.url))
        if self.answer is None:
            return httpx.Response(204)
        answer = self.answer.answer
        kind = {} if answer.media_type is None else {"Content-Type": answer.media_type}
        return httpx.Response(answer.status, headers={**answer.headers, **kind}, content=answer.body or b"")


def servers(document: Document, operation: OperationNode) -> list[Node]:
    """Return the servers that hold for an operation: its own, else those of its path, else the document's."""
    for owner in (operation.node, operation.item, document.root):
        section = owner.get("servers")
        if section is not None and section.value:
            return [one for _, one in section.items()]
    return []


def hosts(document: Document) -> list[str]:
    """Return the hosts of all servers of plain HTTP, where credentials need a permission."""
    found = (_filled(one) for operation in document.operations() for one in servers(document, operation))
    return sorted({urlsplit(url).hostname or "" for url in found if url.startswith("http://")} - {""})


def _filled(server: Node) -> str:
    """Return the address of a server with the defaults of its variables."""
    url, variables = str(server.fields.get("url", "")), server.get("variables")
    for name, variable in variables.items() if variables is not None else ():
        url = url.replace("{" + name + "}", str(variable.fields.get("default", "")))
    return url


def is_complete(server: Node) -> bool:
    """Whether all variables of a server have values; a default may be a placeholder itself."""
    return "{" not in _filled(server)


def is_relative(server: Node) -> bool:
    """Whether a server has no host of its own."""
    return "//" not in _filled(server)


def address_faults(operation: OperationNode, server: Node, address: str) -> Iterator[Fault]:
    """Give what is wrong with the address of a request: its origin, or what its path begins with."""
    url = re.split("[?#]", str(server.fields.get("url", "/")))[0]  # a server has neither query nor fragment
    url = urljoin(RELATIVE_TO + "/", url) if not url.startswith("{") else url
    pattern = re.escape(url.rstrip("/"))
    variables = server.get("variables")
    for name, variable in variables.items() if variables is not None else ():
        default = variable.fields.get("default", "")
        # A setting of the client fills these.
        given = "x-xcaas-source" in variable.fields or name in ("cluster", "region", "tenant")
        filled = r"/?[^/]*" if given else re.escape(str(default))
        pattern = pattern.replace(re.escape("{" + name + "}"), filled)
    pattern = pattern.rstrip("/")  # a default may be empty
    port = ":443" if url.startswith("https:") else ":80"
    pattern = re.sub(rf"{port}(?=/|$)", f"(?:{port})?", pattern)  # which nobody has to write
    literal = re.match(r"/[A-Za-z0-9_-]*", operation.path)
    start = re.escape(literal[0] if literal is not None else "")
    if re.match(pattern + start, address) is None:
        yield Fault("server", f"{url} was expected, got {address}")


def header_faults(answer: SampleAnswer, response: Any) -> Iterator[Fault]:
    """Give what `client.raw` tells otherwise than it was answered."""
    if response.status != answer.status:
        yield Fault("status", f"{answer.status} was answered, {response.status} read")
    for name, value in answer.answer.headers.items():
        if response.headers.get(name.swapcase()) != value.strip():
            yield Fault("header", f"{name}: {value!r} was answered, {response.headers.get(name)!r} read")
