"""Servers at any level, with their variables, made whole where that can be guessed."""

from __future__ import annotations

import re

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief, written
from xcaas_generator.report import Report

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"(?:[\w-]+|\{[^{}]*\})(?:\.(?:[\w-]+|\{[^{}]*\}))+(?::(?:\d+|\{[^{}]*\}))?(?:/.*)?")


def read_servers(node: Node, resolver: Resolver, report: Report) -> tuple[ir.Server, ...]:
    """Return the servers listed under `servers` at `node`; () when none are, so that the level above counts."""
    below = resolver.below(node, "servers")
    listed = [below] if isinstance(below.value, dict) else resolver.elements(below)
    if isinstance(below.value, dict):
        report.warn(below.place, "'servers' should be a list; the mapping was read as its only server")
    elif below.value is not None and not isinstance(below.value, list):
        report.warn(below.place, f"'servers' should be a list, not {brief(below.value)}; it was ignored")
    found: list[ir.Server] = []
    for each in listed:
        one = resolver.end(each)
        if isinstance(one.value, str):
            report.warn(one.place, "a server should be a mapping with a 'url'; the string was read as its URL")
            one = Node(one.file, one.pointer, {"url": one.value})
        if isinstance(one.value, dict):
            found.append(_server(one, report))
        else:
            report.warn(one.place, f"a server is expected here, not {brief(one.value)}; it was left out")
    return tuple(found)


def leftover_servers(root: Node, report: Report) -> tuple[ir.Server, ...]:
    """Return `host`, `basePath` and `schemes`, left over from Swagger 2."""
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
    whole = _with_scheme(url)
    if whole != url:
        report.warn(node.child("url").place, f"the URL {url} has no scheme; https was assumed", f'Write "{whole}".')
    variables = _variables(node, whole, report)
    return ir.Server(whole, variables, node.text("description").strip(), node.text("name").strip())


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
    found: list[ir.Variable] = []
    for name in dict.fromkeys(_VARIABLE.findall(url)):
        one = declared.child(name)
        if isinstance(one.value, dict):
            found.append(_variable(name, one, report))
        else:
            report.warn(node.place, f"the variable {{{name}}} of the URL {url} is not declared; calls have to set it")
            found.append(ir.Variable(name, "", required=True))
    return tuple(found)


def _variable(name: str, node: Node, report: Report) -> ir.Variable:
    values = tuple(_text(one, report) for one in node.child("enum").elements())
    default = node.child("default")
    if default.value is None:
        report.warn(
            node.place, f"the variable {name!r} has no default; {brief(values[0] if values else '')} was assumed"
        )
        text = values[0] if values else ""
    else:
        text = _text(default, report)
    placeholder = bool(_VARIABLE.search(text))
    if placeholder:
        report.warn(
            default.place,
            f"the default {text!r} of {name!r} is a placeholder; calls have to set a value",
            "Give a real default.",
        )
        text = values[0] if values else ""
    if values and text not in values:
        report.warn(default.place, f"the default {text!r} is not among the values of {name!r}")
    words = node.child(keys.NAMES)
    pairs = tuple((key, one.value) for key, one in words.items() if isinstance(one.value, str))
    source = node.text(keys.SOURCE) or None
    return ir.Variable(
        name,
        text,
        tuple(dict.fromkeys(values)),
        node.text("description").strip(),
        pairs,
        source,
        required=node.get(keys.REQUIRED) is True or ((placeholder or default.value is None) and not values),
    )


def _text(node: Node, report: Report) -> str:
    """Return the default of a variable as text; `443` and `true` mean "443" and "true"."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, dict | list) or node.value is None:
        report.warn(node.place, f"a string is expected here, not {brief(node.value)}")
        return ""
    return written(node, node.value)
