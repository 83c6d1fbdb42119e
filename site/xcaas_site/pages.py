"""Pages of the reference, as Markdown: of each product what can be called, and its models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import griffe

from .examples import Examples, formatted
from .reference import Entry, Method, ModelClass, Product

__all__ = ["CREDENTIALS", "index_page", "models_page", "product_page"]

# What opens an operation, by the security schemes of the specs.
CREDENTIALS: Final = {
    "oauth": "`ClientCredentials` (key and secret, OAuth)",
    "clientKeyAndSecret": "key and secret of a `ClientCredentials`",
    "apiKey": "`ApiKey` (header `x-api-key`)",
    "streamKey": "`ApiKey` (header `x-api-key`)",
    "searchKey": '`ApiKey(…, role="search")`',
    "managementKey": '`ApiKey(…, role="management")`',
    "actionToken": '`BasicToken(…, role="action")`',
    "dataToken": '`BasicToken(…, role="data")`',
    "eightKey": "`ApiKey` (header `8x8-apikey`)",
    "tenantToken": "`ApiKey(…, token=…)` (header `token`)",
    "workAnalyticsKey": "`WorkAnalyticsLogin` (its key)",
    "workAnalyticsToken": "`WorkAnalyticsLogin`",
}


def index_page(products: Iterable[Product]) -> str:
    """Return the page that lists all products."""
    rows = [f"| [`{product.name}`]({product.name}.md) | {product.title} | {_count(product)} |" for product in products]
    head = "# Reference\n\nEach product is a property of the client. See [products](../products.md) for credentials and regions."
    return "\n".join([head, "", "| product | title | methods |", "|---|---|---|", *rows, ""])


def product_page(product: Product, examples: Examples) -> str:
    """Return the page of a product: its resources, and each method with its types, units, errors and examples."""
    methods = [method for resource in product.resources for method in resource.methods if method.operation is not None]
    programs = formatted(
        [program for method in methods for program in (examples.blocking(method), examples.asynchronous(method))]
    )
    shown = {
        method.call: _tabs(blocking, asynchronous, examples.command(method))
        for method, blocking, asynchronous in zip(methods, programs[::2], programs[1::2], strict=True)
    }
    lines = [f"# {product.title}", "", f"`client.{product.name}`", "", *_facts(product), *_about(product), ""]
    for resource in product.resources:
        lines += [f"## {resource.call.partition('.')[2] or product.name}", "", resource.text, ""]
        for method in resource.methods:
            lines += [*_method(method, product), shown.get(method.call, ""), ""]
    return "\n".join(lines)


def models_page(product: Product) -> str:
    """Return the page of a product's models: fields with their types, and known values."""
    head = f"Import them from `xcaas.{product.name}.models`. Back to [{product.title}]({product.name}.md)."
    lines = [f"# Models of {product.title}", "", head, ""]
    for model in sorted(product.models, key=lambda model: model.name.lower()):
        lines += [f"## {model.name}", "", model.text, "", *_fields(model, product), ""]
    return "\n".join(lines)


def _about(product: Product) -> Iterator[str]:
    """Yield what is said of a product beyond its title, and where its models are."""
    yield product.text.removeprefix(f"{product.title}.").strip()
    yield ""
    if product.models:
        yield f"The fields of what comes back are listed with the [models]({product.name}-models.md)."


def _count(product: Product) -> int:
    return sum(len(resource.methods) for resource in product.resources)


def _facts(product: Product) -> Iterator[str]:
    if product.regions:
        yield f"Regions: {', '.join(f'`{region}`' for region in product.regions)}. Choose with `XCaaS(region=…)`."
        yield ""
    for requests, seconds in product.limits:
        yield f"Limit: {requests} requests in {seconds} seconds for a key. Clients [wait for their turn](../calls.md#limits)."
        yield ""


def _method(method: Method, product: Product) -> Iterator[str]:
    deprecated = bool(method.operation and method.operation["deprecated"])
    yield f"### {method.call.partition('.')[2]}{' (deprecated)' if deprecated else ''} {{ #{_anchor(method.call)} }}"
    yield from ("", method.summary, "", "```python", _signature(method), "```", "")
    if method.text:
        yield from (method.text, "")
    if method.arguments:
        yield from ("| argument | type | meaning |", "|---|---|---|")
        yield from (_row(argument, product) for argument in method.arguments)
        yield ""
    if method.returns.type != "None":
        yield f"Returns {_linked(method.returns.type, product)}. {method.returns.text}"
        yield ""
    if method.errors:
        yield from ('??? failure "Errors"', "", *(f"    - `{one.type}`: {one.text}" for one in method.errors), "")
    if method.operation is not None:
        schemes = [" and ".join(CREDENTIALS[name] for name in names) for names in method.operation["security"]]
        yield f"Sends `{method.request}`. Opened by {' or '.join(schemes) if any(schemes) else 'no credential'}."
        yield ""


def _signature(method: Method) -> str:
    keyword_only = [one for one in method.parameters if one.kind is griffe.ParameterKind.keyword_only]
    placed = [one for one in method.parameters if one not in keyword_only]
    types = {argument.name: argument.type for argument in method.arguments}
    shown = [
        f"{one.name}: {types.get(one.name, 'object')}{'' if one.required else f' = {one.default}'}"
        for one in (*placed, *keyword_only)
    ]
    if keyword_only:
        shown.insert(len(placed), "*")
    inner = ", ".join(shown)
    if len(inner) > 60:
        inner = "\n" + "".join(f"    {one},\n" for one in shown)
    return f"client.{method.call}({inner}) -> {method.returns.type}"


def _row(entry: Entry, product: Product) -> str:
    return f"| `{entry.name}` | {_linked(entry.type, product)} | {_cell(entry.text)} |"


def _fields(model: ModelClass, product: Product) -> Iterator[str]:
    if len(model.fields) == 1 and not model.fields[0].name:
        values = re.findall(r"'([^']*)'", model.fields[0].type)
        yield f"Known values: {', '.join(f'`{value}`' for value in values)}." if values else f"`{model.fields[0].type}`"
        return
    yield from ("| field | type | meaning |", "|---|---|---|")
    yield from (_row(one, product) for one in model.fields)


def _linked(type: str, product: Product) -> str:
    """Return a type as code, with links to the models in it after it."""
    names = {model.name for model in product.models}
    found = [name for name in dict.fromkeys(re.findall(r"\w+", type)) if name in names]
    code = f"`{_cell(type)}`"
    if found == [type]:
        return f"[{code}]({product.name}-models.md#{type.lower()})"
    links = ", ".join(f"[{name}]({product.name}-models.md#{name.lower()})" for name in found)
    return f"{code} ({links})" if links else code


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(call: str) -> str:
    return call.replace(".", "-").replace("_", "-")


def _tabs(blocking: str, asynchronous: str, command: str) -> str:
    parts = (("Sync", "python", blocking), ("Async", "python", asynchronous), ("Command line", "sh", command))
    return "\n".join(f'=== "{name}"\n\n{_fence(language, text)}\n' for name, language, text in parts)


def _fence(language: str, text: str) -> str:
    """Return a fenced block as it stands inside of a tab."""
    return "\n".join(f"    {line}" if line else "" for line in [f"```{language}", *text.splitlines(), "```"])
