"""Parts of a document that other parts name: the sections of `components`, which may stand in files of their own."""

from __future__ import annotations

from xcaas_generator.load.references import DanglingReference, Node, Resolver
from xcaas_generator.report import Report

__all__ = ["component_section"]


def component_section(root: Node, name: str, resolver: Resolver, report: Report) -> list[tuple[str, Node]]:
    """Return the named parts of one section. Of a section that can't be found there are none; what names one of them
    finds nothing, and is judged by that."""
    try:
        return resolver.entries(resolver.below(root, "components"), name)
    except DanglingReference as error:
        report.error(error.node.place, f"{error}; nothing of components.{name} could be read", "Correct it.")
        return []
