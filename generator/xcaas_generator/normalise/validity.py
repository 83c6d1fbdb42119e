"""Checks whether a document is OpenAPI 3 at all. Other checks are made while reading it."""

from __future__ import annotations

import re

from xcaas_generator.ir import JSON
from xcaas_generator.load.decode import SourceFile
from xcaas_generator.load.nodes import Node, escape
from xcaas_generator.normalise.extensions.keys import KEYS, PREFIX
from xcaas_generator.normalise.keywords import brief
from xcaas_generator.problems import InputError, Problem
from xcaas_generator.report import Report

_SUPPORTED = re.compile(r"3\.[012](\.\d+)?(-.*)?")


def check_root(root: Node, report: Report) -> None:
    """Raise `InputError` if nothing can be generated from the document."""
    if not isinstance(root.value, dict):
        raise InputError([Problem(root.place, f"an OpenAPI document is a mapping, not {brief(root.value)}")])
    if root.has("swagger") and not root.has("openapi"):
        raise InputError(
            [
                Problem(
                    root.child("swagger").place,
                    f"this is Swagger {root.get('swagger')}; only OpenAPI 3 is read",
                    'Convert it with "npx swagger2openapi FILE -o openapi.yaml".',
                )
            ]
        )
    for other in ("asyncapi", "raml", "arazzo", "overlay"):
        if root.has(other) and not root.has("openapi"):
            raise InputError(
                [Problem(root.child(other).place, f"this is a document of {other}; only OpenAPI 3 is read")]
            )
    if not root.has("openapi") and not root.has("paths"):
        raise InputError([Problem(root.place, "this is not an OpenAPI document: it has neither 'openapi' nor 'paths'")])
    _check_version(root, report)
    _check_parts(root, report)


def _check_version(root: Node, report: Report) -> None:
    version = root.get("openapi")
    text = version if isinstance(version, str) else str(version)
    if version is None:
        report.warn(
            root.place,
            "the document does not say which version of OpenAPI it uses; 3.1 was assumed",
            "Give it 'openapi'.",
        )
    elif not _SUPPORTED.fullmatch(text.strip()):
        report.warn(root.child("openapi").place, f"the version {brief(version)} is not known; it was read as 3.1")
    elif not isinstance(version, str):
        report.warn(root.child("openapi").place, f"the version {version} should be a string", f'Write "{version}.0".')


def _check_parts(root: Node, report: Report) -> None:
    paths = root.child("paths")
    if paths.value is not None and not isinstance(paths.value, dict):
        raise InputError([Problem(paths.place, f"'paths' should be a mapping, not {brief(paths.value)}")])
    if not paths.value:
        report.warn(root.place, "the document has no paths, so no operations")
    for name in ("components", "info"):
        part = root.child(name)
        if part.value is not None and not isinstance(part.value, dict):
            report.warn(part.place, f"{name!r} should be a mapping, not {brief(part.value)}; it was ignored")
    for name, section in root.child("components").items():
        if not isinstance(section.value, dict) and name != "$ref" and not name.startswith("x-"):
            report.warn(section.place, f"{name!r} should be a mapping, not {brief(section.value)}; it was ignored")


def check_extension_keys(file: SourceFile, report: Report) -> None:
    """Warn of unknown `x-xcaas-*` keys, which are most likely typing errors."""
    if PREFIX.encode() not in file.data:
        return
    nodes: list[tuple[str, JSON]] = [("", file.tree)]
    while nodes:
        pointer, node = nodes.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if key.startswith(PREFIX) and key not in KEYS:
                    place = Node(file, f"{pointer}/{escape(key)}", None).place
                    report.warn(place, f"unknown key {key}; it was ignored", "specs/README.md lists them.")
                if isinstance(value, dict | list):
                    nodes.append((f"{pointer}/{escape(key)}", value))
        elif isinstance(node, list):
            nodes.extend((f"{pointer}/{index}", value) for index, value in enumerate(node))
