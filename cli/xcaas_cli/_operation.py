"""The command of one operation, built from its signature and docstring."""

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

_SPECIAL_RESULTS = ("Download", "EventStream", "Pager", "Poller")
"""Classes of results whose descriptions are about Python, and so not shown."""


class OperationCommand(click.Command):
    """The command of an operation. Its parameters and help are built when it runs, not when it is listed."""

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
        """The parameters of the method, without `self`."""
        return list(inspect.signature(self._method).parameters.values())[1:]

    @cached_property
    def returned(self) -> str:
        """The name of the class that the method returns, such as `Pager`, `Download`, `Poller`, `EventStream` or a model."""
        members = self.hints["return"].members
        return _class_name(members[0]) if members else "None"

    @cached_property
    def entry(self) -> Any:
        """The type of a list's entries, or of a job's result."""
        members = self.hints["return"].members
        return next(iter(getattr(members[0], "__args__", ())), None) if members else None

    @cached_property
    def is_file(self) -> bool:
        """Whether the result is a file, directly or as the result of a job."""
        return "Download" in (self.returned, _class_name(self.entry))

    @cached_property
    def own_params(self) -> list[click.Parameter]:
        """The parameters of the operation itself."""
        return [param for argument in self.arguments for param in self._parameters(argument)]

    @cached_property
    def output_params(self) -> list[click.Option]:
        names = {argument.name for argument in self.arguments}
        return output_options(self.returned, names)

    @cached_property
    def connection_params(self) -> list[click.Option]:
        names = {argument.name for argument in self.arguments}
        return [option for option in connection_options() if option.name not in names]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*self.own_params, *self.output_params, *self.connection_params]
        return super().get_params(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        docs = self.docs
        returns = f"Returns: {docs.returns}" if docs.returns and self.returned not in _SPECIAL_RESULTS else ""
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
            if visible := [record for record in records if record is not None]:
                with formatter.section(title):
                    formatter.write_dl(visible, col_max=28)

    def invoke(self, ctx: click.Context) -> None:
        super().invoke(ctx)  # warns if the command is deprecated
        options = ctx.params
        with augment_usage_errors(ctx):
            sink = Sink.of(options, self.returned, is_file=self.is_file)
            values = (self._value(argument, options) for argument in self.arguments)
            call = {name: value for name, value in values if value is not None}
        with make_client(options) as client:
            sink.run(client, self._find(client), call)

    def _record(self, param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
        if isinstance(param, click.Argument):
            return param.make_metavar(ctx), self.docs.arguments.get(param.name or "", "")
        return param.get_help_record(ctx)

    def _parameters(self, argument: inspect.Parameter) -> Iterator[click.Parameter]:
        name, hint = argument.name, self.hints[argument.name]
        text = self._in_commands(self.docs.arguments.get(name, ""))
        required = argument.default is inspect.Parameter.empty
        if hint.is_body:
            yield from _bodies.body_options(text, hint, required=required)
            return
        if argument.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield click.Argument([name], type=value_type(self._value_annotation(name)), required=required)
            return
        if hint.is_filter:
            yield from _filters.filter_options(name, text, self.entry)
            return
        yield self._option(name, hint, text, required)

    def _option(self, name: str, hint: Hint, text: str, required: bool) -> click.Option:
        type_ = value_type(self._value_annotation(name))
        if type_ is click.BOOL:
            label = option_name(name)
            return click.Option([f"--{label}/--no-{label}", name], default=None, required=required, help=text)
        is_multiple = hint.item is not None or hint.is_mapping
        if is_multiple:
            text += " May be given several times."
        return click.Option(
            [f"--{option_name(name)}", name],
            type=type_,
            multiple=is_multiple,
            required=required,
            help=text,
            metavar=type_.name.upper(),
        )

    def _value_annotation(self, name: str) -> Any:
        """Return the annotation of an argument, or of its items if it is a list."""
        hint = self.hints[name]
        return hint.item if hint.item is not None else self.annotations[name]

    def _value(self, argument: inspect.Parameter, options: dict[str, Any]) -> tuple[str, Any]:
        """Return an argument's name and its value, which is None if it was not given."""
        name, hint = argument.name, self.hints[argument.name]
        if hint.is_body:
            return name, _bodies.read_body(options, hint, required=argument.default is inspect.Parameter.empty)
        if hint.is_filter:
            return name, _filters.read_filter(options, name, self.entry)
        if hint.is_mapping:
            return name, dict(options[name]) or None
        if hint.item is not None:
            return name, _split(options[name], self._value_annotation(name)) or None
        return name, options[name]

    def _in_commands(self, text: str) -> str:
        options = {
            item.name: f"`--{option_name(item.name)}`" for item in self.arguments if item.kind is item.KEYWORD_ONLY
        }
        text = re.sub(r"`(\w+)`", lambda item: options.get(item[1], item[0]), text)
        return in_commands(text, dir(self._owner))

    @cached_property
    def _owner(self) -> Any:
        """The class that defines the method."""
        return getattr(inspect.getmodule(self._method), self._method.__qualname__.partition(".")[0], None)


def _class_name(hint: Any) -> str:
    return getattr(getattr(hint, "__origin__", hint), "__name__", "")


def _split(values: tuple[Any, ...], item: Any) -> list[Any]:
    """Return the values of a list. Known values may also be given as one, separated by commas."""
    from ._values import KnownValue

    if not isinstance(value_type(item), KnownValue):
        return list(values)
    return [part for value in values for part in value.split(",") if part]
