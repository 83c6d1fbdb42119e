"""Servers at any level, with their variables, made whole where that can be guessed."""

from __future__ import annotations

import re

from xcaas_generator import ir
from xcaas_generator.load.references import Node
from xcaas_generator.normalise.enums import written
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief
from xcaas_generator.report import Report

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"(?:[\w-]+|\{[^{}]*\})(?:\.(?:[\w-]+|\{[^{}]*\}))+(?::(?:\d+|\{[^{}]*\}))?(?:/.*)?")


def read_servers(spot: Node, report: Report) -> tuple[ir.Server, ...]:
    """The servers listed under `servers` at `spot`; () when none are, so that the level above counts."""
    below = spot.child("servers")
    listed = [below] if isinstance(below.value, dict) else below.elements()
    if isinstance(below.value, dict):
        report.warn(below.place, "'servers' should be a list; the mapping was read as its only server")
    elif below.value is not None and not isinstance(below.value, list):
        report.warn(below.place, f"'servers' should be a list, not {brief(below.value)}; it was ignored")
    found: list[ir.Server] = []
    for one in listed:
        if isinstance(one.value, str):
            report.warn(one.place, "a server should be a mapping with a 'url'; the text was read as its URL")
            one = Node(one.file, one.pointer, {"url": one.value})
        if isinstance(one.value, dict):
            found.append(_server(one, report))
        else:
            report.warn(one.place, f"a server is expected here, not {brief(one.value)}; it was left out")
    return tuple(found)


def leftover_servers(root: Node, report: Report) -> tuple[ir.Server, ...]:
    """`host`, `basePath` and `schemes`, left over from Swagger 2."""
    host = root.text("host").strip()
    if not host:
        return ()
    report.warn(root.child("host").place, "'host' is Swagger 2; it was read as a server", "Use 'servers'.")
    return (ir.Server(f"https://{host}{root.text('basePath').rstrip('/')}"),)


def _server(spot: Node, report: Report) -> ir.Server:
    raw = spot.get("url")
    url = raw.strip() if isinstance(raw, str) else ""
    if not url:
        report.warn(spot.place, "the server has no URL; '/' was taken", "Give it a 'url'.")
        url = "/"
    elif url != raw:
        report.warn(spot.child("url").place, f"the URL {brief(raw)} has blanks around it; they were left out")
    whole = _with_scheme(url)
    if whole != url:
        report.warn(spot.child("url").place, f"the URL {url} has no scheme; https was taken", f'Write "{whole}".')
    variables = _variables(spot, whole, report)
    return ir.Server(whole, variables, spot.text("description").strip())


def _with_scheme(url: str) -> str:
    if url.startswith("//"):
        return "https:" + url
    if "://" not in url and not url.startswith(("/", ".", "{")) and _HOST.fullmatch(url):
        return "https://" + url
    return url


def _variables(spot: Node, url: str, report: Report) -> tuple[ir.Variable, ...]:
    declared = spot.child("variables")
    if declared.value is not None and not isinstance(declared.value, dict):
        report.warn(declared.place, f"'variables' should be a mapping, not {brief(declared.value)}; it was ignored")
    found: list[ir.Variable] = []
    for name in dict.fromkeys(_VARIABLE.findall(url)):
        one = declared.child(name)
        if isinstance(one.value, dict):
            found.append(_variable(name, one, report))
        else:
            report.warn(spot.place, f"the variable {{{name}}} of the URL {url} is not declared; its default is empty")
            found.append(ir.Variable(name, ""))
    return tuple(found)


def _variable(name: str, spot: Node, report: Report) -> ir.Variable:
    values = tuple(_text(one, report) for one in spot.child("enum").elements())
    default = spot.child("default")
    if default.value is None:
        report.warn(spot.place, f"the variable {name!r} has no default; {brief(values[0] if values else '')} was taken")
        text = values[0] if values else ""
    else:
        text = _text(default, report)
    if values and text not in values:
        report.warn(default.place, f"the default {text!r} is not among the values of {name!r}")
    words = spot.child(keys.NAMES)
    pairs = tuple((key, one.value) for key, one in words.items() if isinstance(one.value, str))
    source = spot.text(keys.SOURCE) or None
    return ir.Variable(
        name,
        text,
        tuple(dict.fromkeys(values)),
        spot.text("description").strip(),
        pairs,
        source,
        required=spot.get(keys.REQUIRED) is True,
    )


def _text(spot: Node, report: Report) -> str:
    """Variables are texts; `443` and `true` mean "443" and "true"."""
    if isinstance(spot.value, str):
        return spot.value
    if isinstance(spot.value, dict | list) or spot.value is None:
        report.warn(spot.place, f"a text is expected here, not {brief(spot.value)}")
        return ""
    return written(spot, spot.value)
