"""Commands of operations: completeness, help from the specs, usage errors, and few imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from unittest import mock

import click
import pytest

from tests.cli.running import Command
from tests.packaging.installing import ROOT
from xcaas_cli._root import root

MANIFEST = json.loads((ROOT / "generated/xcaas/_manifest.json").read_text("utf-8"))
PRODUCTS = sorted(MANIFEST["titles"])


def help_of_commands(group: click.Group, path: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    """Return the help of all commands below a group."""
    context = click.Context(group, info_name=" ".join(path))
    texts: dict[tuple[str, ...], str] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        command_path = (*path, name)
        if isinstance(command, click.Group):
            texts |= help_of_commands(command, command_path)
        else:
            texts[command_path] = command.get_help(click.Context(command, parent=context, info_name=name))
    return texts


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_operation_is_a_command(product: str) -> None:
    group = root.get_command(click.Context(root), product.replace("_", "-"))
    assert isinstance(group, click.Group)
    texts = help_of_commands(group, (product,))
    calls = {
        tuple(call.replace("_", "-").split(".")[1:])
        for call in (operation["call"] for operation in MANIFEST["operations"])
        if call.startswith(f"{product}.")
    }
    assert calls <= {path[1:] for path in texts}
    for text in texts.values():
        assert "Connection:" in text
        assert max(map(len, text.splitlines())) <= 100


def test_help_has_types_known_values_and_defaults(xcaas: Command) -> None:
    text = " ".join(xcaas.out("storage", "objects", "search", "--help").split())
    assert '--sort-direction TEXT Order of the sort field. Known values: "ASC", "DESC".' in text
    assert "--limit INTEGER Entries per page. At least 1, at most 100. Default: 100." in text
    assert "comparisons of `F`" not in text
    text = " ".join(xcaas.out("work-analytics", "call-records", "list", "--help").split())
    assert "It excludes `--caller` and `--callee`." in text
    text = xcaas.out("storage", "objects", "restore", "--help")
    assert "`restore-and-wait` also returns a poller" in text
    assert "OBJECT_ID  Id of the object" in text


def test_command_names_accept_underscores(xcaas: Command) -> None:
    assert "Zip files" in xcaas.out("storage", "bulk_downloads", "--help")


@pytest.mark.filterwarnings("ignore:The vendor has deprecated")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["storag"], "No such command 'storag'. Did you mean 'storage'?"),
        (["storage", "object", "search"], "No such command 'object'. Did you mean 'objects'?"),
        (["storage", "objects", "serch"], "No such command 'serch'. Did you mean 'search'?"),
        (["storage", "objects", "search", "--limit-totl", "3"], "No such option '--limit-totl'. (Did you mean"),
        (["storage", "objects", "get"], "Missing argument 'OBJECT_ID'"),
        (["storage", "objects", "search", "--limit", "many"], "'many' is not a valid integer"),
        (["storage", "objects", "search", "--region", "mars"], "no product has the region 'mars'"),
        (["storage", "objects", "search", "--where", "new"], "--where 'new' is not a condition"),
        (["storage", "objects", "search", "--since", "yesterday"], "'yesterday' is not a time"),
        (["contacts", "contacts", "create"], "The body is missing"),
        (["contacts", "contacts", "create", "--field", "firstNam=A"], "no field firstNam. Did you mean firstName?"),
        (["contacts", "contacts", "create", "--body", "{"], "--body is not JSON"),
        (["contacts", "contacts", "create", "--body", "@none.json"], "'none.json' cannot be read: No such file"),
        (["contacts", "contacts", "create", "--body", "@."], "'.' cannot be read"),
        (
            ["contacts", "contacts", "create", "--body", "[]", "--field", "name=A"],
            "--field needs a --body that is an object",
        ),
        (["contacts", "contacts", "create", "--body", "[" * 100_000], "nested too deeply"),
        (["storage", "objects", "search", "--where", "type=="], "--where 'type==' is not a condition"),
        (["storage", "objects", "search", "--limit-total", "-1"], "-1 is not in the range"),
        (["storage", "objects", "search", "--timeout", "0"], "timeout must be a positive number"),
        (["storage", "objects", "search", "--raw", "--fields", "id"], "--raw writes the response unchanged"),
        (["storage", "objects", "search", "--output", "xml"], "'xml' is not one of 'table', 'json'"),
        (["storage", "objects", "search", "--into", "."], "--into . is a folder"),
        (["storage", "objects", "search", "--into", "none/rows.csv"], "the folder none does not exist"),
        (["storage", "regions", "list", "--base-url", "http://a.example"], "Use https://"),
        (["recent-calls", "calls", "list", "--body", "{}"], "Give --region."),
        (["events", "read", "all"], "Give --cluster."),
        (["--region", "uk", "storage", "regions", "list"], "--region belongs behind the command"),
        (["-o", "csv", "storage", "regions", "list"], "-o belongs behind the command"),
        (["--verion"], "No such option '--verion'. Did you mean '--version'?"),
        (["storage", "objects", "search", "--into", "rows.xlsx"], "--into rows.xlsx: the format is unknown"),
    ],
)
def test_usage_errors_are_reported_before_anything_is_sent(arguments: list[str], message: str) -> None:
    outcome = Command("http://127.0.0.1:9", {"XCAAS_CLUSTER": ""}).run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in " ".join(outcome.err.split())
    assert "Traceback" not in outcome.err


PRINT_MODULES = """
import sys
from xcaas_cli import main
code = main(sys.argv[1:])
sys.stderr.write(f"{code} " + " ".join(sorted(sys.modules)))
"""


def imported_modules(*arguments: str) -> set[str]:
    """Return the modules that a command imports."""
    process = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES, *arguments], capture_output=True, text=True, check=True
    )
    code, *names = process.stderr.split()
    assert code == "0"
    return set(names)


def test_help_imports_no_product_and_no_http_library() -> None:
    loaded = imported_modules("--help")
    assert not {name.partition(".")[0] for name in loaded} & {"xcaas", "xcaas_core", "httpx", "httpx2", "rich", "yaml"}
    assert len(loaded) < 160


def test_calls_import_only_what_they_need(xcaas: Command) -> None:
    with mock.patch.dict(os.environ, xcaas.environment(), clear=True):
        loaded = imported_modules("storage", "objects", "search", "--limit-total", "1")
    assert {name.split(".")[1] for name in loaded if name.startswith("xcaas.") and "._" not in name} == {"storage"}
    assert not {name.partition(".")[0] for name in loaded} & {"rich", "yaml", "pyarrow", "keyring", "asyncio"}
    # Other modules are not counted: the HTTP library imports more if trio is installed.
    assert len([name for name in loaded if name.startswith(("xcaas", "click"))]) < 190


@pytest.mark.filterwarnings("ignore:The vendor has deprecated")
def test_deprecated_commands_warn(xcaas: Command) -> None:
    outcome = xcaas.run("cc-chat", "webhooks", "list", "--limit-total", "1")
    assert (outcome.code, outcome.err) == (0, "DeprecationWarning: The command 'list' is deprecated.\n")


def test_help_of_a_product_imports_only_that_product() -> None:
    loaded = imported_modules("storage", "objects", "search", "--help")
    assert {name.split(".")[1] for name in loaded if name.startswith("xcaas.") and "._" not in name} == {"storage"}
    assert not {name.partition(".")[0] for name in loaded} & {"httpx", "httpx2", "rich", "yaml"}
