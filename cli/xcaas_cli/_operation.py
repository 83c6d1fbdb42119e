"""The command of one operation, made of its signature and its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

import click
from click.core import augment_usage_errors

from . import _bodies, _filters
from ._connection import connection_options, make_client
from ._docs import Docs, parse
from ._hints import Hint, value_type
from ._tree import in_commands, option_name
from .output import Sink, output_options

if TYPE_CHECKING:
    from xcaas import XCaaS

__all__ = ["OperationCommand"]

STREAMED = ("Download", "EventStream", "Pager", "Poller")
"""Results whose description is about the object in Python."""


class OperationCommand(click.Command):
    """One operation. Types and help are made when the command runs, not when it is listed."""

    def __init__(
        self, name: str, path: tuple[str, ...], method: Callable[..., Any], find: Callable[[XCaaS], Callable[..., Any]]
    ) -> None:
        super().__init__(option_name(name), deprecated=hasattr(method, "__deprecated__"))
        self._path = (*path, name)
        self._method = method
        self._find = find

    @cached_property
    def docs(self) -> Docs:
        return parse(self._method)

    @cached_property
    def annotations(self) -> dict[str, Any]:
        return get_type_hints(self._method)

    @cached_property
    def hints(self) -> dict[str, Hint]:
        return {name: Hint.of(hint) for name, hint in self.annotations.items()}

    @cached_property
    def arguments(self) -> list[inspect.Parameter]:
        """The parameters of the method, less `self`."""
        return list(inspect.signature(self._method).parameters.values())[1:]

    @cached_property
    def returned(self) -> str:
        """The class of what the method returns: `Pager`, `Download`, `Poller`, `EventStream`, or a value's."""
        members = self.hints["return"].members
        return _class_name(members[0]) if members else "None"

    @cached_property
    def entry(self) -> Any:
        """The class of the entries of a list, or of the result of a job."""
        members = self.hints["return"].members
        return next(iter(getattr(members[0], "__args__", ())), None) if members else None

    @cached_property
    def is_file(self) -> bool:
        """Whether the result is a file, maybe one that a job makes."""
        return "Download" in (self.returned, _class_name(self.entry))

    @cached_property
    def own_params(self) -> list[click.Parameter]:
        """What the operation itself takes."""
        return [made for argument in self.arguments for made in self._made(argument)]

    @cached_property
    def output_params(self) -> list[click.Option]:
        taken = {argument.name for argument in self.arguments}
        return output_options(self.returned, taken)

    @cached_property
    def connection_params(self) -> list[click.Option]:
        taken = {argument.name for argument in self.arguments}
        return [option for option in connection_options() if option.name not in taken]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*self.own_params, *self.output_params, *self.connection_params]
        return super().get_params(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        docs = self.docs
        returns = f"Returns: {docs.returns}" if docs.returns and self.returned not in STREAMED else ""
        self.help = self._in_commands("\n\n".join(filter(None, (docs.summary, docs.description, returns))))
        super().format_help(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: list[tuple[str, list[Any]]] = [
            ("Arguments", [param for param in self.own_params if isinstance(param, click.Argument)]),
            ("Options", [param for param in self.own_params if isinstance(param, click.Option)]),
            ("Output", self.output_params),
            ("Connection", [*self.connection_params, self.get_help_option(ctx)]),
        ]
        for title, params in sections:
            records = [self._record(param, ctx) for param in params]
            if shown := [record for record in records if record is not None]:
                with formatter.section(title):
                    formatter.write_dl(shown, col_max=28)

    def invoke(self, ctx: click.Context) -> None:
        super().invoke(ctx)  # says that a command is deprecated
        given = ctx.params
        with augment_usage_errors(ctx):
            sink = Sink.of(given, self.returned, is_file=self.is_file)
            values = (self._value(argument, given) for argument in self.arguments)
            call = {name: value for name, value in values if value is not None}
        with make_client(given) as client:
            sink.run(client, self._find(client), call)

    def _record(self, param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
        if isinstance(param, click.Argument):
            return param.make_metavar(ctx), self.docs.arguments.get(param.name or "", "")
        return param.get_help_record(ctx)

    def _made(self, argument: inspect.Parameter) -> Iterator[click.Parameter]:
        name, hint = argument.name, self.hints[argument.name]
        text = self._in_commands(self.docs.arguments.get(name, ""))
        required = argument.default is inspect.Parameter.empty
        if hint.is_body:
            yield from _bodies.body_options(text, hint, required=required)
            return
        if argument.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield click.Argument([name], type=value_type(self._wanted(name)), required=required)
            return
        if hint.is_filter:
            yield from _filters.filter_options(name, text, self.entry)
            return
        yield self._option(name, hint, text, required)

    def _option(self, name: str, hint: Hint, text: str, required: bool) -> click.Option:
        kind = value_type(self._wanted(name))
        if kind is click.BOOL:
            label = option_name(name)
            return click.Option([f"--{label}/--no-{label}", name], default=None, required=required, help=text)
        several = hint.item is not None or hint.is_mapping
        if several:
            text += " May be given several times."
        return click.Option(
            [f"--{option_name(name)}", name],
            type=kind,
            multiple=several,
            required=required,
            help=text,
            metavar=kind.name.upper(),
        )

    def _wanted(self, name: str) -> Any:
        """Return the annotation of one value of an argument."""
        hint = self.hints[name]
        return hint.item if hint.item is not None else self.annotations[name]

    def _value(self, argument: inspect.Parameter, given: dict[str, Any]) -> tuple[str, Any]:
        """Return the value of an argument of the method, None if there is none."""
        name, hint = argument.name, self.hints[argument.name]
        if hint.is_body:
            return name, _bodies.read_body(given, hint, required=argument.default is inspect.Parameter.empty)
        if hint.is_filter:
            return name, _filters.read_filter(given, name, self.entry)
        if hint.is_mapping:
            return name, dict(given[name]) or None
        if hint.item is not None:
            return name, _split(given[name], self._wanted(name)) or None
        return name, given[name]

    def _in_commands(self, text: str) -> str:
        options = {
            found.name: f"`--{option_name(found.name)}`" for found in self.arguments if found.kind is found.KEYWORD_ONLY
        }
        text = re.sub(r"`(\w+)`", lambda found: options.get(found[1], found[0]), text)
        return in_commands(text, dir(self._owner))

    @cached_property
    def _owner(self) -> Any:
        """The class that defines the method."""
        return getattr(inspect.getmodule(self._method), self._method.__qualname__.partition(".")[0], None)


def _class_name(hint: Any) -> str:
    return getattr(getattr(hint, "__origin__", hint), "__name__", "")


def _split(values: tuple[Any, ...], item: Any) -> list[Any]:
    """Return the values of a list: those that a spec knows may be given together, with commas."""
    from ._values import KnownValue

    if not isinstance(value_type(item), KnownValue):
        return list(values)
    return [part for value in values for part in value.split(",") if part]
