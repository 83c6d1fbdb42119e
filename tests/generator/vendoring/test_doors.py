"""Optional parts of copies: when they are included, and error messages without them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.generator.vendoring.hosts import run_in, run_vendor

RATES = """\
openapi: 3.1.0
info: {title: Rates, version: "1"}
servers: [{url: "https://rates.example"}]
paths:
  /rate:
    get:
      operationId: getRate
      responses:
        "200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Rate"}}}}
components:
  schemas:
    Rate: {type: object, properties: {factor: {type: number, enum: [1, 1.5]}}}
"""


@pytest.mark.parametrize("product", ["cc_historical", "events"])
def test_unions_are_included_for_products_that_need_them(tmp_path: Path, bare_python: Path, product: str) -> None:
    assert run_vendor(tmp_path / "copied", product).code == 0
    assert (tmp_path / "copied" / "_core" / "models" / "_unions" / "_codecs.py").is_file()
    program = (
        "from copied._core.models import resolve\n"
        f"assert resolve('Annotated[int | str, AnyOf]', 'copied.{product}').decode('a') == 'a'\n"
    )
    process = run_in(tmp_path, [bare_python, "-c", program])
    assert process.returncode == 0, process.stderr


def test_unions_are_included_for_enums_of_several_types(tmp_path: Path) -> None:
    spec = tmp_path / "rates.yaml"
    spec.write_text(RATES)
    assert run_vendor(tmp_path / "copied", "--spec", str(spec)).code == 0
    assert (tmp_path / "copied" / "_core" / "models" / "_unions" / "_codecs.py").is_file()


def test_errors_say_how_to_add_unions(real_copy: Path, bare_python: Path) -> None:
    program = (
        f"from {real_copy.name}._core.models import resolve\n"
        f"try: resolve('int | str', '{real_copy.name}.storage')\n"
        "except ValueError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    assert "this copy reads no unions. Make it again with: xcaas-gen vendor … --with sdk" in process.stdout, (
        process.stderr
    )


def test_tables_are_included_on_request(tmp_path: Path, real_copy: Path, bare_python: Path) -> None:
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "rows").code == 0
    program = "import {0} as sdk; print(*(hasattr(kind, 'to_csv') for kind in (sdk.Pager, sdk.AsyncPager, sdk.Page)))"
    for folder, name, expected in (
        (tmp_path, "xcaas", "True True True\n"),
        (real_copy.parent, real_copy.name, "False False False\n"),
    ):
        process = run_in(folder, [bare_python, "-c", program.format(name)])
        assert process.stdout == expected, process.stderr


def test_token_caches_are_included_on_request(tmp_path: Path, real_copy: Path) -> None:
    caches = Path("_core", "auth", "tokens", "caches")
    assert [file.name for file in (real_copy / caches).iterdir() if file.suffix == ".py"] == ["__init__.py"]
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "FileTokenCache").code == 0
    assert {"_file.py", "_sharing.py"} <= {file.name for file in (tmp_path / "xcaas" / caches).iterdir()}
    assert "FileTokenCache" in (tmp_path / "xcaas" / "__init__.py").read_text("utf-8")


def test_filters_are_included_on_request(tmp_path: Path, real_copy: Path, bare_python: Path) -> None:
    room = Path("_core", "filters")
    assert [file.name for file in (real_copy / room).iterdir() if file.suffix == ".py"] == ["__init__.py"]
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "F").code == 0
    program = (
        "import {0} as sdk\n"
        "client = sdk.XCaaS(credentials=sdk.ClientCredentials('id', 'secret'), region='us-east')\n"
        "try: client.storage.objects.search(filter={1}).first()\n"
        "except sdk.ArgumentError as error: print(error)\n"
    )
    for folder, name, argument, expected in (
        (tmp_path, "xcaas", "sdk.F.type", "compared with values, not Field"),
        (real_copy.parent, real_copy.name, "5", "this copy takes filters as text only"),
    ):
        process = run_in(folder, [bare_python, "-c", program.format(name, argument)])
        assert expected in process.stdout, process.stderr


def test_errors_say_how_to_add_missing_methods(real_copy: Path, bare_python: Path) -> None:
    program = (
        f"import {real_copy.name} as sdk\n"
        "for client in sdk.XCaaS(), sdk.AsyncXCaaS():\n"
        "    for name in 'request', 'typo':\n"
        "        try: getattr(client, name)\n"
        "        except AttributeError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    missing = (
        "'{0}' object has no attribute 'request'. Make the copy again with: xcaas-gen vendor … --with RawResponse\n"
    )
    unknown = "'{0}' object has no attribute 'typo'\n"
    assert process.stdout == "".join((missing + unknown).format(name) for name in ("XCaaS", "AsyncXCaaS")), (
        process.stderr
    )


def test_token_caches_are_refused_in_copies_without_them(real_copy: Path, bare_python: Path) -> None:
    program = (
        f"import {real_copy.name} as sdk\n"
        "class Cache: read = write = try_lock = unlock = lambda *facts: None\n"
        "client = sdk.XCaaS(credentials=sdk.ClientCredentials('id', 'secret', cache=Cache()), region='us-east')\n"
        "try: client.storage.objects.get('1')\n"
        "except sdk.ConfigurationError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    assert "this copy has no token caches" in process.stdout, process.stderr


def test_shared_rate_limits_are_included_on_request(tmp_path: Path, real_copy: Path, bare_python: Path) -> None:
    limits = Path("_core", "calls", "shared_limits")
    assert [file.name for file in (real_copy / limits).iterdir() if file.suffix == ".py"] == ["__init__.py"]
    program = (
        f"import {real_copy.name} as sdk\n"
        "class Store: account, workers, reserve = None, 1, lambda *facts: 0\n"
        "limits = {'storage': [sdk.RateLimit(1, 1)]}\n"
        "client = sdk.XCaaS(region='us-west', rate_limits=limits, rate_limit_store=Store())\n"
        "try: client.storage.objects.get('1')\n"
        "except sdk.ConfigurationError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    assert "this copy shares no rate limits" in process.stdout, process.stderr
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "RedisRateLimits").code == 0
    assert {"_limiter.py", "_redis.py"} <= {file.name for file in (tmp_path / "xcaas" / limits).iterdir()}
    assert "RedisRateLimits" in (tmp_path / "xcaas" / "__init__.py").read_text("utf-8")


def test_hooks_are_included_on_request(tmp_path: Path, real_copy: Path, bare_python: Path) -> None:
    hooks = Path("_core", "calls", "hooks")
    assert [file.name for file in (real_copy / hooks).iterdir() if file.suffix == ".py"] == ["__init__.py"]
    program = (
        f"import {real_copy.name} as sdk\n"
        "class Hook: before = after = lambda *facts: None\n"
        "try: sdk.XCaaS(region='us-west', hooks=[Hook()])\n"
        "except sdk.ConfigurationError as error: print(error)\n"
    )
    process = run_in(real_copy.parent, [bare_python, "-c", program])
    assert "this copy calls no hooks" in process.stdout, process.stderr
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "Hook").code == 0
    assert {"_calling.py", "_events.py"} <= {file.name for file in (tmp_path / "xcaas" / hooks).iterdir()}
    assert "ResponseHook" in (tmp_path / "xcaas" / "__init__.py").read_text("utf-8")


def test_pydantic_support_is_included_on_request(tmp_path: Path, real_copy: Path) -> None:
    assert run_vendor(tmp_path / "xcaas", "storage", "--with", "pydantic").code == 0
    program = (
        "import pydantic, {0}.storage as storage\n"
        "try:\n"
        "    class Note(pydantic.BaseModel): about: storage.models.Tag\n"
        "    print(Note(about={{'key': 'a', 'value': 'b'}}).about.key)\n"
        "except TypeError as error: print(error)\n"
    )
    for folder, name, expected in (
        (tmp_path, "xcaas", "a\n"),
        (real_copy.parent, real_copy.name, "Make it again with: xcaas-gen vendor … --with pydantic\n"),
    ):
        process = run_in(folder, [Path(sys.executable), "-c", program.format(name)])
        assert process.stdout.endswith(expected), process.stderr


def test_updates_name_the_public_names_that_they_drop(tmp_path: Path) -> None:
    target = tmp_path / "copied"
    assert run_vendor(target, "storage", "--with", "Hook").code == 0
    assert "no longer" not in run_vendor(target).output
    assert "no longer in the copy: AttemptEvent, Hook, " in run_vendor(target, "storage").output
