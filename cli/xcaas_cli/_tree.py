"""Commands and groups, found by walking the client: `client.storage.objects.search` is `storage objects search`."""

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
    """Return what a name in Python is called on the command line."""
    return name.strip("_").replace("_", "-")


def python_name(name: str) -> str:
    """Return what a command is called in Python."""
    return name.replace("-", "_")


def in_commands(text: str, beside: Iterable[str]) -> str:
    """Return a text in which the verbs of a class are called as on the command line."""
    known = frozenset(beside)
    return re.sub(r"`(\w+)`", lambda found: f"`{option_name(found[1])}`" if found[1] in known else found[0], text)


def _members(owner: object) -> Iterator[tuple[str, Any]]:
    """Yield resources and verbs of a product or a resource, in the order of the generated classes."""
    for kind in type(owner).__mro__:
        if kind.__module__.partition(".")[0] != "xcaas":
            return
        for name, member in vars(kind).items():
            if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
                yield name, member


class _NoNetwork:
    """Stands in for the HTTP library, which need not be loaded for a client that makes no calls."""

    clock = staticmethod(monotonic)

    def sync_io(self) -> Any:
        """Return nothing to call with."""

    def async_io(self) -> Any:
        """Return nothing to call with."""


class LazyGroup(click.Group):
    """A group that knows its commands without loading them."""

    def names(self) -> Iterable[str]:
        """Return the names of the commands, as in Python."""
        return self.summaries()

    def summaries(self) -> dict[str, str]:
        """Return one line on each command."""
        return {}

    def load(self, name: str) -> click.Command:
        """Return a command, made now."""
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
        found = [(option_name(name), text) for name, text in self.summaries().items()]
        if found:
            with formatter.section("Commands"):
                formatter.write_dl(found)


class ResourceGroup(LazyGroup):
    """A product or a resource: what stands below it, and its verbs."""

    def __init__(self, name: str, path: tuple[str, ...], find: Callable[[XCaaS], Any]) -> None:
        super().__init__(option_name(name), no_args_is_help=True)
        self._path = (*path, name)
        self._find = find
        self._found: dict[str, Any] | None = None

    @property
    def owner(self) -> Any:
        """The product or the resource, of a client that has no credentials and makes no calls."""
        from xcaas import XCaaS

        return self._find(XCaaS(http_client=_NoNetwork()))

    def names(self) -> Iterable[str]:
        return self._members()

    def summaries(self) -> dict[str, str]:
        found = self._members()
        return {name: in_commands(parse(member).summary, found) for name, member in found.items()}

    def load(self, name: str) -> click.Command:
        member = self._members()[name]
        find = self._find
        if isinstance(member, property):
            return ResourceGroup(name, self._path, lambda client: getattr(find(client), name))
        from ._operation import OperationCommand

        return OperationCommand(name, self._path, member, lambda client: getattr(find(client), name))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = _prose(self.owner)
        super().format_help(ctx, formatter)

    def _members(self) -> dict[str, Any]:
        if self._found is None:
            self._found = dict(_members(self.owner))
        return self._found


def _prose(documented: object) -> str:
    docs = parse(type(documented))
    return "\n\n".join(filter(None, (docs.summary, docs.description)))
