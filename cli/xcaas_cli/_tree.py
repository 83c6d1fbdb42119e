"""Groups and commands, found by inspecting the client: `client.storage.objects.search` is `storage objects search`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from ._docs import parse

if TYPE_CHECKING:
    from xcaas import XCaaS

__all__ = ["LazyGroup", "ResourceGroup", "in_commands", "option_name", "python_name"]


def option_name(name: str) -> str:
    """Return the command-line form of a Python name."""
    return name.strip("_").replace("_", "-")


def python_name(name: str) -> str:
    """Return the Python name of a command."""
    return name.replace("-", "_")


def in_commands(text: str, names: Iterable[str]) -> str:
    """Replace the Python names of methods in a text by their command-line forms."""
    known_names = frozenset(names)
    return re.sub(r"`(\w+)`", lambda match: f"`{option_name(match[1])}`" if match[1] in known_names else match[0], text)


def _members(owner: object) -> Iterator[tuple[str, Any]]:
    """Yield the resources and methods of a product or resource, in the order of the generated classes."""
    for class_ in type(owner).__mro__:
        if class_.__module__.partition(".")[0] != "xcaas":
            return
        for name, member in vars(class_).items():
            if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
                yield name, member


class _NullTransport:
    """A transport for a client that makes no calls, so that the HTTP library is not loaded."""

    clock = staticmethod(monotonic)

    def sync_io(self) -> Any:
        """Return None: there is nothing to send with."""

    def async_io(self) -> Any:
        """Return None: there is nothing to send with."""


class LazyGroup(click.Group):
    """A group that lists its commands without loading them."""

    def names(self) -> Iterable[str]:
        """Return the Python names of the commands."""
        return self.summaries()

    def summaries(self) -> dict[str, str]:
        """Return a one-line summary of each command."""
        return {}

    def load(self, name: str) -> click.Command:
        """Create a command."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [option_name(name) for name in self.names()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = python_name(cmd_name)
        if name in self.names() and cmd_name not in self.commands:
            self.add_command(self.load(name), cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from click.exceptions import NoSuchCommand

            raise NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(option_name(name), text) for name, text in self.summaries().items()]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class ResourceGroup(LazyGroup):
    """A product or a resource, with its resources and operations."""

    def __init__(self, name: str, path: tuple[str, ...], find: Callable[[XCaaS], Any]) -> None:
        super().__init__(option_name(name), no_args_is_help=True)
        self._path = (*path, name)
        self._find = find
        self._members_by_name: dict[str, Any] | None = None

    @property
    def owner(self) -> Any:
        """The product or resource, of a client without credentials that makes no calls."""
        from xcaas import XCaaS

        return self._find(XCaaS(http_client=_NullTransport()))

    def names(self) -> Iterable[str]:
        return self._members()

    def summaries(self) -> dict[str, str]:
        members = self._members()
        return {name: in_commands(parse(member).summary, members) for name, member in members.items()}

    def load(self, name: str) -> click.Command:
        member = self._members()[name]
        find = self._find
        if isinstance(member, property):
            return ResourceGroup(name, self._path, lambda client: getattr(find(client), name))
        from ._operation import OperationCommand

        return OperationCommand(name, self._path, member, lambda client: getattr(find(client), name))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = _help_text(self.owner)
        super().format_help(ctx, formatter)

    def _members(self) -> dict[str, Any]:
        if self._members_by_name is None:
            self._members_by_name = dict(_members(self.owner))
        return self._members_by_name


def _help_text(documented: object) -> str:
    docs = parse(type(documented))
    return "\n\n".join(filter(None, (docs.summary, docs.description)))
