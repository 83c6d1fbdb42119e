"""Groups of verbs: on their own, or beside the resources of a product of the same name."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import click

from .._tree import LazyGroup, ResourceGroup

__all__ = ["TITLES", "VERBS", "VerbGroup", "extended"]

VERBS: dict[str, dict[str, tuple[str, str]]] = {
    "recordings": {"export": ("_recordings", "Keep a folder of recordings, with a table of all of them.")},
    "calls": {"export": ("_calls", "Keep a table of the finished calls of a PBX.")},
    "reports": {"run": ("_reports", "Run a contact center report, and write its rows or its file.")},
    "queues": {"watch": ("_watch", "Show contact center queues and their counters, live.")},
    "events": {"tail": ("_tail", "Write contact center events as they happen, one JSON line each.")},
}
"""By group and verb: the module that has it, and a line on it."""

TITLES: dict[str, str] = {
    "recordings": "Export recordings to a folder.",
    "reports": "Run contact center reports.",
    "queues": "Watch contact center queues.",
}
"""Lines on the groups that are no products."""


def _load(group: str, verb: str) -> click.Command:
    found: click.Command = getattr(import_module(f".{VERBS[group][verb][0]}", __package__), verb)
    return found


class VerbGroup(LazyGroup):
    """A group of verbs that is no product."""

    def __init__(self, name: str) -> None:
        super().__init__(name, no_args_is_help=True, help=TITLES[name])

    def summaries(self) -> dict[str, str]:
        return {verb: text for verb, (_, text) in VERBS[str(self.name)].items()}

    def load(self, name: str) -> click.Command:
        return _load(str(self.name), name)


class _Extended(ResourceGroup):
    """A product with verbs beside its resources."""

    def names(self) -> Iterable[str]:
        return [*super().names(), *VERBS[str(self.name)]]

    def summaries(self) -> dict[str, str]:
        return {**super().summaries(), **{verb: text for verb, (_, text) in VERBS[str(self.name)].items()}}

    def load(self, name: str) -> click.Command:
        return _load(str(self.name), name) if name in VERBS[str(self.name)] else super().load(name)


def extended(product: str) -> ResourceGroup:
    """Return the group of a product, with the verbs that stand beside its resources."""
    kind = _Extended if product in VERBS else ResourceGroup
    return kind(product, (), lambda client: getattr(client, product))
