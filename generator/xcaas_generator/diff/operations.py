"""Comparison of two versions of an operation: parameters, body, responses, security, servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xcaas_generator import ir
from xcaas_generator.diff.rules import Changes
from xcaas_generator.diff.types import TypeComparison, default_message
from xcaas_generator.plan.results import outcome
from xcaas_generator.python.names import safe


class OperationComparison:
    """Records the changes of operations, using a comparison of types."""

    def __init__(self, types: TypeComparison, changes: Changes) -> None:
        self._types = types
        self._changes = changes

    def compare(self, old: ir.Operation, new: ir.Operation, before: str, after: str) -> None:
        """Record the changes of an operation. `before` and `after` are the names of its call."""
        add, place = self._changes.add, new.place
        if before != after:
            add("call-renamed", before, f"the call is now `{after}`", place)
        if (old.method, _without_names(old.path)) != (new.method, _without_names(new.path)):
            add("operation-moved", after, f"{old.method} {old.path} became {new.method} {new.path}", place)
        if new.deprecated and not old.deprecated:
            add("operation-deprecated", after, "the operation is deprecated", place)
        if old.deprecated and not new.deprecated:
            add("operation-undeprecated", after, "the operation is no longer deprecated", place)
        self._parameters(old, new, after)
        self._body(old.body, new.body, after, place)
        self._responses(old, new, after)
        self._security(old, new, after)
        self._servers(old.servers, new.servers, after, place)

    # --- parameters --------------------------------------------------------

    def _parameters(self, old: ir.Operation, new: ir.Operation, call: str) -> None:
        before, after = _by_key(old), _by_key(new)
        for key, parameter in before.items():
            where = f"{call}({safe(parameter.name)})"
            if key not in after:
                self._changes.add("parameter-removed", where, f"{_description(parameter)} was removed", old.place)
            else:
                self._parameter(parameter, after[key], where)
        for key, parameter in after.items():
            if key not in before:
                rule = "required-parameter-added" if _must_be_passed(parameter) else "optional-parameter-added"
                self._changes.add(
                    rule, f"{call}({safe(parameter.name)})", f"{_description(parameter)} was added", parameter.place
                )

    def _parameter(self, old: ir.Parameter, new: ir.Parameter, where: str) -> None:
        add, place = self._changes.add, new.place
        if safe(old.name) != safe(new.name):
            add("parameter-renamed", where, f"`{safe(old.name)}` is now `{safe(new.name)}`", place)
        if _must_be_passed(new) and not _must_be_passed(old):
            add("parameter-became-required", where, "the parameter became required", place)
        if _must_be_passed(old) and not _must_be_passed(new):
            add("parameter-became-optional", where, "the parameter became optional", place)
        if (old.style, old.explode, old.media_type) != (new.style, new.explode, new.media_type):
            message = f"its style changed from {_style(old)} to {_style(new)}"
            add("parameter-style-changed", where, message, place)
        if (old.has_default, old.default) != (new.has_default, new.default):
            add("parameter-default-changed", where, default_message(old, new), place)
        if old.nullable and not new.nullable:
            add("request-null-refused", where, "the parameter may no longer be null", place)
        self._types.limits(dict(old.limits), dict(new.limits), "request", where, place)
        self._types.types(old.type, new.type, "request", where, place)

    # --- bodies ------------------------------------------------------------

    def _body(self, old: ir.Body | None, new: ir.Body | None, call: str, place: ir.SourceLocation) -> None:
        add = self._changes.add
        if old is None and new is not None:
            rule = "required-body-added" if new.required else "optional-body-added"
            add(rule, f"{call}({safe(new.name)})", "the request now has a body", new.place)
        if old is not None and new is None:
            add("body-removed", f"{call}({safe(old.name)})", "the request no longer has a body", place)
        if old is None or new is None:
            return
        where = f"{call}({safe(new.name)})"
        if safe(old.name) != safe(new.name):
            add("body-renamed", where, f"`{safe(old.name)}` is now `{safe(new.name)}`", new.place)
        if old.required != new.required:
            word = "required" if new.required else "optional"
            add(f"body-became-{word}", where, f"the body became {word}", new.place)
        before = {variant.media_type: variant.type for variant in old.variants}
        after = {variant.media_type: variant.type for variant in new.variants}
        self._media(before, after, "request", where, new.place)
        for media_type in before.keys() & after.keys():
            self._types.types(before[media_type], after[media_type], "request", where, new.place)

    def _media(self, old: Iterable[str], new: Iterable[str], kind: str, where: str, place: ir.SourceLocation) -> None:
        for media_type in sorted(set(old) - set(new)):
            self._changes.add(f"{kind}-media-type-removed", where, f"{media_type} was removed", place)
        for media_type in sorted(set(new) - set(old)):
            self._changes.add(f"{kind}-media-type-added", where, f"{media_type} was added", place)

    # --- responses -----------------------------------------------------------

    def _responses(self, old: ir.Operation, new: ir.Operation, call: str) -> None:
        if _result_kind(old) != _result_kind(new):
            message = f"{_result_kind(old)} became {_result_kind(new)}"
            self._changes.add("result-kind-changed", call, message, new.place)
        before = {response.status: response for response in old.responses}
        after = {response.status: response for response in new.responses}
        for status, response in before.items():
            if status not in after:
                rule = "success-removed" if response.success else "error-removed"
                self._changes.add(rule, f"{call} {status}", f"the response {status} was removed", response.place)
            else:
                self._response(response, after[status], f"{call} {status}")
        for status, response in after.items():
            if status not in before:
                rule = "success-added" if response.success else "error-added"
                self._changes.add(rule, f"{call} {status}", f"the response {status} was added", response.place)

    def _response(self, old: ir.Response, new: ir.Response, where: str) -> None:
        before = {variant.media_type: variant.type for variant in old.variants}
        after = {variant.media_type: variant.type for variant in new.variants}
        if before and not after:
            self._changes.add("response-body-removed", where, "the response no longer has a body", new.place)
        elif after and not before:
            self._changes.add("response-body-added", where, "the response now has a body", new.place)
        else:
            self._media(before, after, "response", where, new.place)
        for media_type in before.keys() & after.keys():
            self._types.types(before[media_type], after[media_type], "response", where, new.place)

    # --- security and servers ----------------------------------------------

    def _security(self, old: ir.Operation, new: ir.Operation, call: str) -> None:
        before, after = set(old.security), set(new.security)
        free_before, free_after = not before or () in before, not after or () in after
        if free_before and not free_after:
            self._changes.add("security-added", call, f"calls now need {_schemes(after)}", new.place)
        elif free_after and not free_before:
            self._changes.add("security-removed", call, f"calls no longer need {_schemes(before)}", new.place)
        elif not free_before:
            for schemes in sorted(before - after):
                message = f"{_schemes([schemes])} can no longer authorize it"
                self._changes.add("security-alternative-removed", call, message, new.place)
            for schemes in sorted(after - before):
                self._changes.add(
                    "security-alternative-added", call, f"{_schemes([schemes])} can authorize it too", new.place
                )

    def schemes(self, old: ir.Document, new: ir.Document) -> None:
        """Record security schemes that send their credential differently."""
        after = {scheme.name: scheme for scheme in new.security_schemes}
        for scheme in old.security_schemes:
            other = after.get(scheme.name)
            if other is not None and _presentation(scheme) != _presentation(other):
                message = f"{_presentation(scheme)} became {_presentation(other)}"
                self._changes.add("security-scheme-changed", scheme.name, message, other.place)

    def _servers(
        self, old: tuple[ir.Server, ...], new: tuple[ir.Server, ...], call: str, place: ir.SourceLocation
    ) -> None:
        before, after = {server.url: server for server in old}, {server.url: server for server in new}
        for url, server in before.items():
            if url not in after:
                self._changes.add("server-removed", f"server {url}", "the server was removed", place)
            else:
                self._variables(server, after[url], place)
        for url in after.keys() - before.keys():
            self._changes.add("server-added", f"server {url}", "the server was added", place)

    def _variables(self, old: ir.Server, new: ir.Server, place: ir.SourceLocation) -> None:
        after = {variable.name: variable for variable in new.variables}
        for variable in old.variables:
            other = after.get(variable.name)
            if other is None:
                continue
            where = f"server {new.url} {{{variable.name}}}"
            if variable.default != other.default:
                message = f"the default {variable.default!r} became {other.default!r}"
                self._changes.add("server-variable-default-changed", where, message, place)
            for value in sorted(set(variable.enum) - set(other.enum)) if other.enum else ():
                self._changes.add("server-variable-value-removed", where, f"{value!r} was removed", place)
            for value in sorted(set(other.enum) - set(variable.enum)) if variable.enum else ():
                self._changes.add("server-variable-value-added", where, f"{value!r} was added", place)


def _by_key(operation: ir.Operation) -> Mapping[tuple[str, str], ir.Parameter]:
    """Return parameters by location and name; those in the path by position, because the server does not see names."""
    parameters: dict[tuple[str, str], ir.Parameter] = {}
    for parameter in operation.parameters:
        name = parameter.wire.lower() if parameter.location == "header" else parameter.wire
        if parameter.location == "path":
            name = str(_position(operation.path, parameter.wire))
        parameters[parameter.location, name] = parameter
    return parameters


def _position(path: str, wire: str) -> int:
    return path[: max(path.find(f"{{{wire}}}"), 0)].count("{")


def _without_names(path: str) -> str:
    parts = path.split("{")
    return "{".join([parts[0], *(part.partition("}")[2] for part in parts[1:])])


def _must_be_passed(parameter: ir.Parameter) -> bool:
    return parameter.required and not parameter.source


def _description(parameter: ir.Parameter) -> str:
    return f"the {'required ' if _must_be_passed(parameter) else ''}{parameter.location} parameter {parameter.wire}"


def _style(parameter: ir.Parameter) -> str:
    return parameter.media_type or f"{parameter.style}{' exploded' if parameter.explode else ''}"


def _result_kind(operation: ir.Operation) -> str:
    if operation.pagination is not None:
        return "a pager"
    result = outcome(operation)
    return "a file" if result.stream else "nothing" if result.type is None else "a value"


def _schemes(alternatives: Iterable[tuple[str, ...]]) -> str:
    return " or ".join(sorted(" and ".join(schemes) for schemes in alternatives))


def _presentation(scheme: ir.SecurityScheme) -> str:
    where = f" {scheme.parameter} in the {scheme.location}" if scheme.parameter else ""
    return f"{scheme.kind}{where}"
