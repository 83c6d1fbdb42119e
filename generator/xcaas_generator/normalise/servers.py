"""Servers at any level, with their variables; missing parts are guessed."""

from __future__ import annotations

import re

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief, source_text
from xcaas_generator.report import Report

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"(?:[\w-]+|\{[^{}]*\})(?:\.(?:[\w-]+|\{[^{}]*\}))+(?::(?:\d+|\{[^{}]*\}))?(?:/.*)?")


def read_servers(node: Node, resolver: Resolver, report: Report) -> tuple[ir.Server, ...]:
    """Return the servers listed under `servers` at `node`; () if there are none, so that those of its parent apply."""
    section = resolver.resolve_child(node, "servers")
    elements = [section] if isinstance(section.value, dict) else resolver.elements(section)
    if isinstance(section.value, dict):
        report.warn(section.place, "'servers' should be a list; the mapping was read as its only server")
    elif section.value is not None and not isinstance(section.value, list):
        report.warn(section.place, f"'servers' should be a list, not {brief(section.value)}; it was ignored")
    servers: list[ir.Server] = []
    for element in elements:
        server = resolver.resolve(element)
        if isinstance(server.value, str):
            report.warn(server.place, "a server should be a mapping with a 'url'; the string was read as its URL")
            server = Node(server.file, server.pointer, {"url": server.value})
        if isinstance(server.value, dict):
            servers.append(_server(server, report))
        else:
            report.warn(server.place, f"a server is expected here, not {brief(server.value)}; it was left out")
    return tuple(servers)


def swagger2_servers(root: Node, report: Report) -> tuple[ir.Server, ...]:
    """Return the server that `host` and `basePath` of Swagger 2 describe."""
    host = root.text("host").strip()
    if not host:
        return ()
    report.warn(root.child("host").place, "'host' is Swagger 2; it was read as a server", "Use 'servers'.")
    return (ir.Server(f"https://{host}{root.text('basePath').rstrip('/')}"),)


def _server(node: Node, report: Report) -> ir.Server:
    raw = node.get("url")
    url = raw.strip() if isinstance(raw, str) else ""
    if not url:
        report.warn(node.place, "the server has no URL; '/' was assumed", "Give it a 'url'.")
        url = "/"
    elif url != raw:
        report.warn(node.child("url").place, f"the URL {brief(raw)} has spaces around it; they were removed")
    address = re.split(r"[?#]", url, maxsplit=1)[0]
    if address != url:
        report.warn(
            node.child("url").place, f"the URL of a server can't have a query or fragment; it was cut to {address!r}"
        )
        url = address or "/"
    absolute = _with_scheme(url)
    if absolute != url:
        report.warn(node.child("url").place, f"the URL {url} has no scheme; https was assumed", f'Write "{absolute}".')
    variables = _variables(node, absolute, report)
    return ir.Server(absolute, variables, node.text("description").strip(), node.text("name").strip())


def _with_scheme(url: str) -> str:
    if url.startswith("//"):
        return "https:" + url
    if "://" not in url and not url.startswith(("/", ".", "{")) and _HOST.fullmatch(url):
        return "https://" + url
    return url


def _variables(node: Node, url: str, report: Report) -> tuple[ir.Variable, ...]:
    declared = node.child("variables")
    if declared.value is not None and not isinstance(declared.value, dict):
        report.warn(declared.place, f"'variables' should be a mapping, not {brief(declared.value)}; it was ignored")
    variables: list[ir.Variable] = []
    for name in dict.fromkeys(_VARIABLE.findall(url)):
        variable = declared.child(name)
        if isinstance(variable.value, dict):
            variables.append(_variable(name, variable, report))
        else:
            report.warn(node.place, f"the variable {{{name}}} of the URL {url} is not declared; calls have to set it")
            variables.append(ir.Variable(name, "", required=True))
    return tuple(variables)


def _variable(name: str, node: Node, report: Report) -> ir.Variable:
    values = tuple(_text(entry, report) for entry in node.child("enum").elements())
    default = node.child("default")
    if default.value is None:
        report.warn(
            node.place, f"the variable {name!r} has no default; {brief(values[0] if values else '')} was assumed"
        )
        text = values[0] if values else ""
    else:
        text = _text(default, report)
    is_placeholder = bool(_VARIABLE.search(text))
    if is_placeholder:
        report.warn(
            default.place,
            f"the default {text!r} of {name!r} is a placeholder; calls have to set a value",
            "Give a real default.",
        )
        text = values[0] if values else ""
    if values and text not in values:
        report.warn(default.place, f"the default {text!r} is not among the values of {name!r}")
    names = node.child(keys.NAMES)
    pairs = tuple((key, entry.value) for key, entry in names.items() if isinstance(entry.value, str))
    source = node.text(keys.SOURCE) or None
    return ir.Variable(
        name,
        text,
        tuple(dict.fromkeys(values)),
        node.text("description").strip(),
        pairs,
        source,
        required=node.get(keys.REQUIRED) is True or ((is_placeholder or default.value is None) and not values),
    )


def _text(node: Node, report: Report) -> str:
    """Return a value of a variable as a string: `443` and `true` mean "443" and "true"."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, dict | list) or node.value is None:
        report.warn(node.place, f"a string is expected here, not {brief(node.value)}")
        return ""
    return source_text(node, node.value)
