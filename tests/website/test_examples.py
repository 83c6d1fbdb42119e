"""The examples of every operation that the site shows run against the sandbox: blocking, awaiting, as commands."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.products.support import CREDENTIALS, MANIFEST, SETTINGS, Row, client_of, known_ids, warned
from website._examples import Example, arguments, example, has_example
from website._operations import operations
from website._reference import Member, load, product_names
from xcaas import AsyncXCaaS, XCaaS
from xcaas_cli import main
from xcaas_sandbox import Sandbox

ROWS = {(row["product"], row["operation_id"]): row for row in MANIFEST}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Sandbox) -> Iterator[XCaaS]:
    with client_of(server.base_url) as client:
        yield client


def row_of(member: Member) -> Row | None:
    """The operation that a method calls, or begins with. Streams are no calls: tests/core/events opens each kind."""
    assert member.operation is not None
    return ROWS.get((member.call.partition(".")[0], member.operation.id))


def made(client: XCaaS, member: Member, row: Row) -> Example:
    """The example as the page has it, but with ids that this sandbox knows."""
    names = {parameter.name for parameter in member.parameters}
    known = {name: value for name, value in known_ids(client, row).items() if name in names}
    return example(member, arguments(member) | known)


def uses(server: Sandbox, client: XCaaS, member: Member, row: Row) -> Iterator[Example]:
    """The example for each of its uses: the same one where the call changes nothing."""
    server.state.reset()
    example = made(client, member, row)
    for _ in range(3):
        yield example
        if row["method"] != "GET":
            server.state.reset()
            example = made(client, member, row)


@pytest.mark.parametrize("product", product_names())
def test_examples_run(
    product: str,
    server: Sandbox,
    client: XCaaS,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    members = [member for resource in load(product).resources for member in resource.members if has_example(member)]
    for operation in operations(product).values():
        if operation.poller is not None:
            monkeypatch.setattr(operation.poller, "first", 0.02)

    # One client for all commands: making a new one for each is most of what a command costs.
    def make_client(given: dict[str, object]) -> nullcontext[XCaaS]:
        return nullcontext(client)

    monkeypatch.setattr("xcaas_cli._operation.make_client", make_client)
    awaiting = AsyncXCaaS(credentials=CREDENTIALS, base_url=server.base_url, rate_limits=False, **SETTINGS)
    awaited: set[str] = set()
    with asyncio.Runner() as runner:
        for member, row in ((member, row) for member in members if (row := row_of(member))):
            use = uses(server, client, member, row)
            with warned(row):
                shown = next(use)
                exec(shown.blocking, {"client": client})  # noqa: S102 - our own pages
                # The same call again: tests/products awaits each, so here one of each kind of result is enough.
                assert re.sub(r"\b(?:async|await) ", "", shown.awaiting) == shown.blocking
                kind = re.split(r"[\[ ]", member.returns)[0]
                if kind not in awaited:
                    awaited.add(kind)
                    runner.run(run_async(next(use).awaiting, awaiting))
                command = shlex.split(next(use).command)
                assert (command[0], main(command[1:])) == ("xcaas", 0), capsys.readouterr().err
        runner.run(awaiting.aclose())


async def run_async(code: str, client: AsyncXCaaS) -> None:
    compiled = compile(code, "<page>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, {"client": client})  # noqa: S307 - our own pages
    if inspect.isawaitable(result):
        await result
