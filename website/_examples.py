"""Examples of operations in three forms: blocking, async, and on the command line."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from xcaas_sandbox._examples import argument_examples, is_needed, plain
from xcaas_sandbox._specs import is_list, is_node

from ._reference import Member

__all__ = ["Example", "arguments", "example", "has_example"]

WIDTH = 88


@dataclass(frozen=True)
class Example:
    """The example of one operation in three forms."""

    blocking: str
    awaiting: str
    command: str


def has_example(member: Member) -> bool:
    """Return whether a method has an example. Methods that resume jobs have none: they need the id of a job."""
    return member.operation is not None and "resume" not in member.call.rpartition(".")[2]


def arguments(member: Member) -> dict[str, object]:
    """Return the spec's examples of the required arguments."""
    operation = member.operation
    assert operation is not None
    names = [
        parameter.name
        for parameter in member.parameters
        if parameter.default is None or is_needed(operation, parameter.name)
    ]
    return argument_examples(operation, names)


def example(member: Member, values: dict[str, object]) -> Example:
    """Write the example of an operation with these arguments."""
    call = _call(member, values)
    result_type = re.split(r"[\[ ]", member.returns)[0]
    if result_type == "Pager":
        loop = f"for item in {call}.limit(10):\n    print(item)\n"
        blocking, awaiting = loop, f"async {loop}"
    elif result_type == "Download":
        blocking, awaiting = f'{call}.save("content")\n', f'await {call}.save("content")\n'
    elif result_type == "EventStream":
        loop = f"with {call} as events:\n    for event in events:\n        print(event)\n"
        blocking, awaiting = loop, f"async {loop}".replace("    for", "    async for")
    elif result_type == "Poller":
        use = '{}result.save("content")' if "Download" in member.returns else "print(result)"
        blocking, awaiting = (f"result = {wait}{call}.wait()\n{use.format(wait)}\n" for wait in ("", "await "))
    elif result_type == "None":
        blocking, awaiting = f"{call}\n", f"await {call}\n"
    else:
        blocking, awaiting = f"result = {call}\nprint(result)\n", f"result = await {call}\nprint(result)\n"
    return Example(blocking, awaiting, _command(member, values, result_type))


def _call(member: Member, values: dict[str, object]) -> str:
    keywords = {parameter.name: parameter.keyword for parameter in member.parameters}
    arguments_ = [(f"{name}=" if keywords[name] else "", value) for name, value in values.items()]
    one_line = f"client.{member.call}({', '.join(f'{name}{_literal(value)}' for name, value in arguments_)})"
    if len(one_line) <= WIDTH:
        return one_line
    lines = "".join(f"    {name}{_literal(value, 4)},\n" for name, value in arguments_)
    return f"client.{member.call}(\n{lines})"


def _literal(value: object, margin: int | None = None) -> str:
    """Return a value as a Python literal: on one line, or split as the formatter would if it is too long."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    inner = None if margin is None else margin + 4

    def items(inner: int | None) -> list[str]:
        if is_node(value):
            return [f"{_literal(key)}: {_literal(item, inner)}" for key, item in value.items()]
        return [_literal(item, inner) for item in value] if is_list(value) else []

    if not is_node(value) and not is_list(value):
        return repr(value)
    begin, end = "{}" if is_node(value) else "[]"
    one_line = f"{begin}{', '.join(items(None))}{end}"
    if inner is None or inner + len(one_line) <= WIDTH:
        return one_line
    return "\n".join([begin, *(f"{' ' * inner}{item}," for item in items(inner)), f"{' ' * (inner - 4)}{end}"])


def _command(member: Member, values: dict[str, object], result_type: str) -> str:
    words = ["xcaas", *(part.replace("_", "-") for part in member.call.split("."))]
    for parameter in member.parameters:
        if parameter.name not in values:
            continue
        value, option = values[parameter.name], f"--{parameter.name.strip('_').replace('_', '-')}"
        if not parameter.keyword:
            words.append(str(value))
        elif _is_body(member, parameter.name, value):
            text = json.dumps(value, ensure_ascii=False)
            words += ["--body", text if len(text) < WIDTH else json.dumps(value, ensure_ascii=False, indent=2)]
        elif isinstance(value, bool):
            words.append(option if value else option.replace("--", "--no-", 1))
        elif is_list(value):
            words += [word for item in value for word in (option, str(item))]
        else:
            words += [option, str(value)]
    if "Download" in member.returns:
        words += ["--into", "content"]
    elif result_type == "Pager":
        words += ["--limit-total", "10"]
    return shlex.join(words) + "\n"


def _is_body(member: Member, name: str, value: object) -> bool:
    assert member.operation is not None
    spec_parameters = {plain(str(spec.get("x-xcaas-name", spec["name"]))) for spec in member.operation.parameters}
    objects = is_node(value) or (is_list(value) and any(is_node(item) for item in value))
    return plain(name) not in spec_parameters and objects
