"""Groups of these commands: standalone, or added to the resources of the product of the same name."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import click

from .._tree import LazyGroup, ResourceGroup

__all__ = ["COMMANDS", "TITLES", "CommandGroup", "product_group"]

COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "recordings": {"export": ("_recordings", "Keep a folder of recordings, with a table of all of them.")},
    "calls": {"export": ("_calls", "Keep a table of the finished calls of a PBX.")},
    "reports": {"run": ("_reports", "Run a contact center report, and write its rows or its file.")},
    "queues": {"watch": ("_watch", "Show contact center queues and their counters, live.")},
    "events": {"tail": ("_tail", "Write contact center events as they happen, one JSON line each.")},
}
"""Module and summary of each command, by group."""

TITLES: dict[str, str] = {
    "recordings": "Export recordings to a folder.",
    "reports": "Run contact center reports.",
    "queues": "Watch contact center queues.",
}
"""Summaries of the groups that are not products."""


def _load(group: str, name: str) -> click.Command:
    command: click.Command = getattr(import_module(f".{COMMANDS[group][name][0]}", __package__), name)
    return command


class CommandGroup(LazyGroup):
    """A group that is not a product."""

    def __init__(self, name: str) -> None:
        super().__init__(name, no_args_is_help=True, help=TITLES[name])

    def summaries(self) -> dict[str, str]:
        return {name: text for name, (_, text) in COMMANDS[str(self.name)].items()}

    def load(self, name: str) -> click.Command:
        return _load(str(self.name), name)


class _ProductGroup(ResourceGroup):
    """A product with further commands beside its resources."""

    def names(self) -> Iterable[str]:
        return [*super().names(), *COMMANDS[str(self.name)]]

    def summaries(self) -> dict[str, str]:
        return {**super().summaries(), **{name: text for name, (_, text) in COMMANDS[str(self.name)].items()}}

    def load(self, name: str) -> click.Command:
        return _load(str(self.name), name) if name in COMMANDS[str(self.name)] else super().load(name)


def product_group(product: str) -> ResourceGroup:
    """Return the group of a product, including its further commands."""
    class_ = _ProductGroup if product in COMMANDS else ResourceGroup
    return class_(product, (), lambda client: getattr(client, product))
