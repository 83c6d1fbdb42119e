"""An example of each operation, in three dialects: blocking, async, and on the command line. The values are those of the specs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sysconfig
from collections.abc import Iterator
from typing import Any

import griffe
from typing_extensions import TypeIs

from xcaas_sandbox._examples import argument_examples
from xcaas_sandbox._specs import Operation, load_products

from .reference import Method

__all__ = ["Examples", "formatted"]

_BETWEEN = "\n# ---- the next program ----\n"


class Examples:
    """Examples of methods, by what the specs give for their arguments."""

    def __init__(self) -> None:
        self._specs: dict[tuple[str, str], Operation] = {
            (product.name, operation.id): operation for product in load_products() for operation in product.operations
        }

    def arguments(self, method: Method) -> list[tuple[str, bool, Any]]:
        """Return the arguments that have to be given: names, whether they stand by their place, and values."""
        assert method.operation is not None
        operation = self._specs[method.operation["product"], method.operation["operation_id"]]
        needed = [one for one in method.parameters if one.required]
        values = argument_examples(operation, [one.name for one in needed])
        return [(one.name, one.kind is not griffe.ParameterKind.keyword_only, values[one.name]) for one in needed]

    def blocking(self, method: Method) -> str:
        head = ["from xcaas import XCaaS", "", "with XCaaS.from_env() as client:"]
        return "\n".join([*head, *self._lines(method, "", "")])

    def asynchronous(self, method: Method) -> str:
        lines = self._lines(method, "await ", "async ")
        head = ["import asyncio", "", "from xcaas import AsyncXCaaS", "", "", "async def main() -> None:"]
        body = ["    async with AsyncXCaaS.from_env() as client:", *(f"    {line}" for line in lines)]
        return "\n".join([*head, *body, "", "", "asyncio.run(main())"])

    def command(self, method: Method) -> str:
        return shlex.join(self.words(method))

    def words(self, method: Method) -> list[str]:
        """Return the words of the command."""
        words = ["xcaas", *method.call.replace("_", "-").split(".")]
        placed = [_word(value) for _, positional, value in self.arguments(method) if positional]
        options: list[str] = []
        for name, positional, value in self.arguments(method):
            if not positional:
                plain = not _has_objects(value)
                option = f"--{name.replace('_', '-')}" if plain else "--body"
                several = _members(value) if plain else [value]
                options += [word for one in several for word in (option, _word(one))]
        return [*words, *placed, *options]

    @staticmethod
    def is_stream(method: Method) -> bool:
        """Tell whether a method opens a stream, which has no end."""
        return method.returns.type.startswith("EventStream")

    def _lines(self, method: Method, await_: str, async_: str) -> Iterator[str]:
        given = ", ".join(
            repr(value) if positional else f"{name}={value!r}" for name, positional, value in self.arguments(method)
        )
        call = f"client.{method.call}({given})"
        returned = re.match(r"\w*", method.returns.type)
        match returned[0] if returned else "":
            case "None":
                yield f"    {await_}{call}"
            case "Pager":
                yield f"    {async_}for item in {call}:"
                yield "        print(item)"
            case "EventStream":
                yield f"    {async_}with {call} as events:"
                yield f"        {async_}for event in events:"
                yield "            print(event.payload)"
            case "Download":
                yield f'    {await_}{call}.save("file")'
            case _:
                yield f"    print({await_}{call})"


def _is_list(value: object) -> TypeIs[list[Any]]:
    return isinstance(value, list)


def _members(value: Any) -> list[Any]:
    return value if _is_list(value) else [value]


def _has_objects(value: Any) -> bool:
    return isinstance(value, dict) or any(isinstance(one, dict | list) for one in _members(value))


def formatted(programs: list[str]) -> list[str]:
    """Return programs as the project's formatter lays them out, all in one run of it."""
    command = [os.path.join(sysconfig.get_path("scripts"), "ruff"), "format", "--isolated", "--line-length", "100", "-"]
    done = subprocess.run(command, input=_BETWEEN.join(programs), capture_output=True, text=True, check=True)
    return [one.strip("\n") for one in done.stdout.split(_BETWEEN.strip())]


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
