"""The site's examples of all operations, run against the sandbox: blocking, async, and as commands."""

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
    with Sandbox(speed=100) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(server: Sandbox) -> Iterator[XCaaS]:
    with client_of(server.base_url) as client:
        yield client


def row_of(member: Member) -> Row | None:
    """Return the manifest row of the operation that a method calls; None for streams, which tests/core/events tests."""
    assert member.operation is not None
    return ROWS.get((member.call.partition(".")[0], member.operation.id))


def example_of(client: XCaaS, member: Member, row: Row) -> Example:
    """Return the example of the page, with ids that exist in this sandbox."""
    names = {parameter.name for parameter in member.parameters}
    ids = {name: value for name, value in known_ids(client, row).items() if name in names}
    return example(member, arguments(member) | ids)


def fresh_examples(server: Sandbox, client: XCaaS, member: Member, row: Row) -> Iterator[Example]:
    """Yield the example for each of its forms, after a reset of the sandbox if the call changes something."""
    server.state.reset()
    example = example_of(client, member, row)
    for _ in range(3):
        yield example
        if row["method"] != "GET":
            server.state.reset()
            example = example_of(client, member, row)


@pytest.mark.parametrize("product", product_names())
def test_examples_run_in_all_forms(
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

    # All commands share a client: creating one is the slowest part of a command.
    def make_client(settings: dict[str, object]) -> nullcontext[XCaaS]:
        return nullcontext(client)

    monkeypatch.setattr("xcaas_cli._operation.make_client", make_client)
    async_client = AsyncXCaaS(credentials=CREDENTIALS, base_url=server.base_url, rate_limits=False, **SETTINGS)
    awaited_kinds: set[str] = set()
    with asyncio.Runner() as runner:
        for member, row in ((member, row) for member in members if (row := row_of(member))):
            examples = fresh_examples(server, client, member, row)
            with warned(row):
                first = next(examples)
                exec(first.blocking, {"client": client})  # noqa: S102 - our own pages
                # tests/products awaits every operation, so one of each kind of result is enough here.
                assert re.sub(r"\b(?:async|await) ", "", first.awaiting) == first.blocking
                kind = re.split(r"[\[ ]", member.returns)[0]
                if kind not in awaited_kinds:
                    awaited_kinds.add(kind)
                    runner.run(run_async(next(examples).awaiting, async_client))
                command = shlex.split(next(examples).command)
                assert (command[0], main(command[1:])) == ("xcaas", 0), capsys.readouterr().err
        runner.run(async_client.aclose())


async def run_async(code: str, client: AsyncXCaaS) -> None:
    compiled = compile(code, "<page>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, {"client": client})  # noqa: S307 - our own pages
    if inspect.isawaitable(result):
        await result
