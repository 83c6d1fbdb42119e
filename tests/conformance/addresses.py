"""Addresses of calls without a `base_url`: origin and base path of each server in a document.

Requests go to a transport that sends the sample response, so the hosts need not exist. The same calls check the status
and headers that `client.raw` returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.conformance.answers import SampleResponse
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
    """Records the URL of each request and sends the prepared response."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.sample: SampleResponse | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.read() == LOGIN:
            return httpx.Response(200, headers={"Content-Type": "application/json"}, content=TOKEN)
        self.addresses.append(str(request.url))
        if self.sample is None:
            return httpx.Response(204)
        stub = self.sample.stub
        kind = {} if stub.media_type is None else {"Content-Type": stub.media_type}
        return httpx.Response(stub.status, headers={**stub.headers, **kind}, content=stub.body or b"")


def servers(document: Document, operation: OperationNode) -> list[Node]:
    """Return the servers of an operation: its own, else those of its path, else the document's."""
    for owner in (operation.node, operation.item, document.root):
        section = owner.get("servers")
        if section is not None and section.value:
            return [server for _, server in section.items()]
    return []


def hosts(document: Document) -> list[str]:
    """Return the hosts of plain HTTP servers, which need permission for credentials."""
    urls = (_filled(server) for operation in document.operations() for server in servers(document, operation))
    return sorted({urlsplit(url).hostname or "" for url in urls if url.startswith("http://")} - {""})


def _filled(server: Node) -> str:
    """Return the address of a server with the defaults of its variables."""
    url, variables = str(server.fields.get("url", "")), server.get("variables")
    for name, variable in variables.items() if variables is not None else ():
        url = url.replace("{" + name + "}", str(variable.fields.get("default", "")))
    return url


def is_complete(server: Node) -> bool:
    """Return whether all variables of a server have values; a default may be a placeholder."""
    return "{" not in _filled(server)


def is_relative(server: Node) -> bool:
    """Return whether a server's URL is relative."""
    return "//" not in _filled(server)


def address_faults(operation: OperationNode, server: Node, address: str) -> Iterator[Fault]:
    """Yield faults in the origin and base path of a request's URL."""
    url = re.split("[?#]", str(server.fields.get("url", "/")))[0]  # a server has neither query nor fragment
    url = urljoin(RELATIVE_TO + "/", url) if not url.startswith("{") else url
    pattern = re.escape(url.rstrip("/"))
    variables = server.get("variables")
    for name, variable in variables.items() if variables is not None else ():
        default = variable.fields.get("default", "")
        # Filled by settings of the client.
        is_setting = "x-xcaas-source" in variable.fields or name in ("cluster", "region", "tenant")
        filled = r"/?[^/]*" if is_setting else re.escape(str(default))
        pattern = pattern.replace(re.escape("{" + name + "}"), filled)
    pattern = pattern.rstrip("/")  # a default may be empty
    port = ":443" if url.startswith("https:") else ":80"
    pattern = re.sub(rf"{port}(?=/|$)", f"(?:{port})?", pattern)  # the default port is optional
    literal = re.match(r"/[A-Za-z0-9_-]*", operation.path)
    start = re.escape(literal[0] if literal is not None else "")
    if re.match(pattern + start, address) is None:
        yield Fault("server", f"{url} was expected, got {address}")


def header_faults(sample: SampleResponse, response: Any) -> Iterator[Fault]:
    """Yield differences in status and headers between the response sent and that of `client.raw`."""
    if response.status != sample.status:
        yield Fault("status", f"{sample.status} was answered, {response.status} read")
    for name, value in sample.stub.headers.items():
        if response.headers.get(name.swapcase()) != value.strip():
            yield Fault("header", f"{name}: {value!r} was answered, {response.headers.get(name)!r} read")
