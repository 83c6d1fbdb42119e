"""The page of a product, in Markdown: requirements, operations, models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from importlib import import_module
from textwrap import indent

from xcaas_core.sdk import Product, Scheme
from xcaas_sandbox._specs import is_list

from ._examples import arguments, example, has_example
from ._operations import error_bodies, operations
from ._reference import Member, Model, Parameter, Reference, Resource

__all__ = ["write"]

CREDENTIALS = {
    "client-credentials": "`ClientCredentials` (key and secret)",
    "api-key": "`ApiKey` (in the header `{parameter}`)",
    "api-token": "its `token` (in the header `{parameter}`)",
    "basic-token": '`BasicToken` with `role="{token}"`',
    "work-analytics-login": "`WorkAnalyticsLogin` (key, user and password)",
}


def write(reference: Reference) -> str:
    """Return the page of a product."""
    product = import_module(f"xcaas.{reference.name}._product").PRODUCT
    assert isinstance(product, Product)
    page = _Page(reference, product)
    return "\n\n".join(page.parts()) + "\n"


class _Page:
    """Writes the parts of one page."""

    def __init__(self, reference: Reference, product: Product) -> None:
        self._reference = reference
        self._product = product
        self._models = reference.models
        self._operations = operations(reference.name)
        self._error_meanings: dict[tuple[str, str], str] = {}
        for resource in reference.resources:
            for member in resource.members:
                for name, text in member.raises:
                    if match := re.match(r"(\d{3})\. (.*)", text):
                        self._error_meanings.setdefault((match[1], name), match[2])

    def parts(self) -> Iterator[str]:
        reference = self._reference
        yield f"---\ntitle: {reference.title}\n---\n\n# {reference.title}"
        yield f"`client.{reference.name}`"
        yield _escape(reference.text)
        yield "\n".join(f"- **{name}**: {text}" for name, text in self._requirements())
        yield (
            "Examples take a client from the environment, see [credentials](../credentials.md):\n\n"
            + _tabs(
                ("Sync", "python", "from xcaas import XCaaS\n\nclient = XCaaS.from_env()\n"),
                ("Async", "python", "from xcaas import AsyncXCaaS\n\nclient = AsyncXCaaS.from_env()\n"),
                ("Command line", "sh", f"xcaas {reference.name.replace('_', '-')} --help\n"),
            )
        )
        yield from self._errors()
        for resource in reference.resources:
            yield from self._resource(resource)
        if self._models:
            yield "## Models"
            for _, model in sorted(self._models.items()):
                yield from self._model(model)

    def _requirements(self) -> Iterator[tuple[str, str]]:
        product = self._product
        rows = [m.row for resource in self._reference.resources for m in resource.members if m.row]
        yield "Credential", "; or ".join(dict.fromkeys(_credential(row, product.schemes) for row in rows))
        if product.console_name:
            yield "In the Admin Console", f"the key has the product `{product.console_name}`"
        variables = {variable.name: variable for server in product.servers for variable in server.variables}
        for variable in variables.values():
            if variable.source == "region":
                names = variable.names or variable.enum
                default = next((n for n, text in variable.names.items() if text == variable.default), variable.default)
                regions = ", ".join(f"`{name}`" for name in names)
                yield "Regions", regions + (f"; `{default}` unless you say `region=`" if default else "; say `region=`")
            elif variable.source:
                yield variable.source.capitalize(), f"say `{variable.source}=`"
        yield "Address", ", ".join(f"`{server.url}`" for server in product.servers)
        if product.rate_limits:
            limits = " and ".join(f"{limit.calls} calls in {limit.per:g} seconds" for limit in product.rate_limits)
            yield "Limits", f"{limits}; [clients keep to them](../calls.md#limits)"
        else:
            yield "Limits", "none documented; a 429 is [tried again](../calls.md#retries)"

    def _errors(self) -> Iterator[str]:
        if not self._error_meanings:
            return
        title, console = self._reference.title, self._product.console_name
        yield "## What errors mean { #errors }"
        missing = (
            f"does not open {title}, or may only read: in the Admin Console, give the key the product `{console}`"
            if console
            else f"does not open {title}, or not this call"
        )
        yield (
            "A 401 means that the key or token is wrong, or no longer good. A 403 means that it is good, but "
            f"{missing}."
        )
        rows = "\n".join(
            f"| {status} | `{name}` | {_cell(text)} |" for (status, name), text in sorted(self._error_meanings.items())
        )
        yield f"| Status | Raises | Means |\n|---|---|---|\n{rows}"
        yield (
            "`error.body` is the model that the operation names, where it names one; a body of another form is kept "
            "as JSON or text. All errors, and what they carry: [errors](../calls.md#errors)."
        )

    def _raised(self, raised: tuple[str, str]) -> str:
        """Return an error with its status, and with its meaning if that differs from the usual one."""
        name, text = raised
        status, _, meaning = text.partition(". ")
        if self._error_meanings.get((status, name)) == meaning:
            return f"`{name}` ({status})"
        return f"`{name}` ({_escape(text.rstrip('.'))})"

    def _error_bodies(self, member: Member) -> str:
        """Return a sentence with the models of error bodies; nothing for methods that make several calls."""
        bodies = error_bodies(self._operations[str(member.row["operation_id"])]) if member.row else {}
        models = [
            f"{self._type(body)} ({', '.join('any other' if status == 'default' else status for status in statuses)})"
            for body, statuses in bodies.items()
        ]
        return f" `error.body` is {' or '.join(models)}." if models else ""

    def _resource(self, resource: Resource) -> Iterator[str]:
        product = self._reference.name
        yield f"## `{resource.path or product}` {{ #{resource.path or 'operations'} }}"
        if resource.text:
            yield _escape(resource.text)
        for member in resource.members:
            yield from self._operation(member)

    def _operation(self, member: Member) -> Iterator[str]:
        path = member.call.partition(".")[2]
        yield f"### {_escape(member.summary.rstrip('.'))} · `{path}` {{ #{path} }}"
        if member.row and member.row["deprecated"]:
            yield '!!! warning "Deprecated"\n    The service will take this operation away.'
        if member.text:
            yield _escape(member.text)
        yield f"```python\n{_signature(member)}\n```"
        if member.parameters:
            rows = "\n".join(
                f"| `{parameter.name}` | {self._type(parameter.annotation)} | {_meaning(parameter)} |"
                for parameter in member.parameters
            )
            yield f"| Argument | Type | Means |\n|---|---|---|\n{rows}"
        returned = f" {_escape(member.returned)}" if member.returned else ""
        yield f"**Returns** {self._type(member.returns, optional=True)}.{returned}"
        if member.raises:
            yield f"**Raises** {', '.join(map(self._raised, member.raises))}; see [what errors mean](#errors).{self._error_bodies(member)}"
        if member.row:
            row = member.row
            yield (
                f"**Sends** `{row['method']} {row['path']}`, with {_credential(row, self._product.schemes)}. "
                f"`{row['operation_id']}` in the spec."
            )
        if has_example(member):
            example_ = example(member, arguments(member))
            yield _tabs(
                ("Sync", "python", example_.blocking),
                ("Async", "python", example_.awaiting),
                ("Command line", "sh", example_.command),
            )

    def _model(self, model: Model) -> Iterator[str]:
        yield f"### {model.name} {{ #{_anchor(model.name)} }}"
        if model.text:
            yield _escape(model.text)
        if model.values:
            yield "Known values: " + ", ".join(f"`{value}`" for value in model.values) + "."
        elif model.annotation:
            yield f"Is {self._type(model.annotation, optional=True)}."
        if model.fields:
            rows = "\n".join(
                f"| `{field.name}` | {self._type(field.annotation)} | {'yes' if field.required else ''} | {_cell(field.text)} |"
                for field in model.fields
            )
            yield f"| Field | Type | Always there | Means |\n|---|---|---|---|\n{rows}"

    def _type(self, annotation: str, *, optional: bool = False) -> str:
        """Return a type with links to its models. Unless `optional`, `| None` is removed, since a default implies it."""
        text = annotation if optional or annotation == "None" else annotation.removesuffix(" | None")
        linked = re.sub(r"\w+", self._link, escape(text, quote=False)).replace("|", "&#124;")
        return f"<code>{linked}</code>"

    def _link(self, match: re.Match[str]) -> str:
        name = match[0].removesuffix("Dict")
        return f'<a href="#{_anchor(name)}">{match[0]}</a>' if name in self._models else match[0]


def _credential(row: Mapping[str, object], schemes: Mapping[str, Scheme]) -> str:
    requirements = row["security"]
    assert is_list(requirements)
    alternatives: list[str] = []
    for requirement in requirements:
        required_schemes = [schemes[name] for name in requirement]
        texts = [
            CREDENTIALS[scheme.credential or ""].format(parameter=scheme.parameter, token=scheme.options.get("token"))
            + (f' and `role="{scheme.options["key"]}"`' if "key" in scheme.options else "")
            for scheme in required_schemes
        ]
        alternatives.append(" and ".join(dict.fromkeys(texts)) or "no credential")
    return ", or ".join(dict.fromkeys(alternatives)) or "no credential"


def _signature(member: Member) -> str:
    parts: list[str] = []
    for parameter in member.parameters:
        if parameter.keyword and "*" not in parts:
            parts.append("*")
        default = "" if parameter.default is None else f" = {parameter.default}"
        parts.append(f"{parameter.name}: {parameter.annotation}{default}")
    one_line = f"client.{member.call}({', '.join(parts)}) -> {member.returns}"
    if len(one_line) <= 88:
        return one_line
    return f"client.{member.call}(\n" + "".join(f"    {part},\n" for part in parts) + f") -> {member.returns}"


def _tabs(*tabs: tuple[str, str, str]) -> str:
    return "\n\n".join(
        f'=== "{title}"\n\n{indent(f"```{language}{chr(10)}{code}```", "    ")}' for title, language, code in tabs
    )


def _meaning(parameter: Parameter) -> str:
    if parameter.default is None:
        return f"Required. {_cell(parameter.text)}"
    default = "" if parameter.default == "None" else f" `{parameter.default}` when left out."
    return _cell(parameter.text) + default


def _escape(text: str) -> str:
    """Escape Markdown and HTML outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([<*_\[])", r"\\\1", part) for part in parts)


def _cell(text: str) -> str:
    return _escape(text).replace("|", "\\|")


def _anchor(name: str) -> str:
    return f"model-{name}"
