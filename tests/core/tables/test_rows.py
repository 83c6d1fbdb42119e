"""Conversion of rows to tables."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import polars
import pytest

from tests.support.sample.models import StorageObject, Tag
from tests.support.zoo import Cat, Counters, Dog, Loose, Node, Patch, Plain
from xcaas_core._errors import ConfigurationError, ExportError
from xcaas_core.models import Codec, UnknownModel, resolve
from xcaas_core.tables._rows import AsyncRows, Rows, rows

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
OBJECTS = [
    StorageObject(id="a", stored_bytes=5, created_time=NOON, shared=True, tags=[Tag(key="k", value="v")]),
    StorageObject.from_dict({"id": "b", "brand-new": [1]}),
]
TYPED = Plain.from_dict(
    {
        "text": "x",
        "whole": 5,
        "real": 2,
        "flag": False,
        "wholeText": "7",
        "realText": "1.5",
        "data": "aGVsbG8=",
        "key": "12345678-1234-5678-1234-567812345678",
        "day": "2024-05-01",
        "moment": "2024-05-01T14:00:00+02:00",
        "millis": 1714564800000,
    }
)
# Their type annotations are incomplete.
pyarrow: Any = importlib.import_module("pyarrow")
parquet: Any = importlib.import_module("pyarrow.parquet")
pandas: Any = importlib.import_module("pandas")

METHODS = ["to_dicts", "to_arrow", "to_pandas", "to_polars"]


class TypedRows(Rows[object]):
    """Rows of a known type, like those of a pager."""

    def __init__(self, items: list[object], expression: str) -> None:
        self.items = items
        self.expression = expression

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def _row_codec(self) -> Codec:
        return resolve(self.expression, "tests.support.sample")


class AsyncObjects(AsyncRows[StorageObject]):
    async def __aiter__(self) -> AsyncIterator[StorageObject]:
        for obj in OBJECTS:
            await anyio.sleep(0)
            yield obj


def test_to_dicts_has_python_names_and_values() -> None:
    first, second = rows(OBJECTS).to_dicts()
    assert first["created_time"] == NOON
    assert first["tags"] == [{"key": "k", "value": "v", "id": None}]
    assert "unknown_fields" not in first
    assert second["unknown_fields"] == {"brand-new": [1]}
    assert second["created_time"] is None
    assert rows(["x", 5]).to_dicts() == [{"value": "x"}, {"value": 5}]
    assert rows([Counters.from_dict({"a": {"side": 1}})]).to_dicts() == [
        {"total": None, "additional_properties": {"a": {"side": 1.0}}}
    ]


def test_to_arrow_has_the_types_of_the_fields() -> None:
    table: Any = rows([TYPED]).to_arrow()
    assert isinstance(table, pyarrow.Table)
    assert {name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)} == {
        "text": "string",
        "whole": "int64",
        "real": "double",
        "flag": "bool",
        "whole_text": "int64",
        "real_text": "double",
        "data": "binary",
        "key": "string",
        "day": "date32[day]",
        "moment": "timestamp[us, tz=UTC]",
        "utc": "timestamp[us, tz=UTC]",
        "millis": "timestamp[us, tz=UTC]",
    }
    assert table.to_pylist()[0]["moment"] == NOON
    nested = rows(OBJECTS).to_arrow().to_pylist()
    assert nested[0]["tags"] == [{"key": "k", "value": "v", "id": None}]
    assert nested[1]["unknown_fields"] == '{"brand-new":[1]}'


def test_to_pandas_keeps_integers_with_missing_values() -> None:
    frame: Any = rows(OBJECTS).to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    types = {str(name): str(kind) for name, kind in frame.dtypes.items()}
    assert types["stored_bytes"] == "Int64"
    assert types["shared"] == "boolean"
    assert types["created_time"] == "datetime64[us, UTC]"
    assert frame["stored_bytes"].sum() == 5


def test_to_polars_has_the_types_of_the_fields() -> None:
    frame = rows([TYPED]).to_polars()
    assert frame.schema["moment"] == polars.Datetime("us", "UTC")
    assert frame.schema["day"] == polars.Date
    assert frame.schema["whole_text"] == polars.Int64
    assert frame.row(0, named=True)["moment"] == NOON
    nested = rows(OBJECTS).to_polars()
    assert nested["tags"].to_list()[0] == [{"key": "k", "value": "v", "id": None}]


@pytest.mark.parametrize("method", METHODS)
def test_empty_rows_give_a_table_with_columns(method: str) -> None:
    table = getattr(TypedRows([], "_models.Tag"), method)()
    if method == "to_dicts":
        assert table == []
    else:
        assert list(getattr(table, "column_names", None) or table.columns) == ["key", "value", "id"]
        assert len(table) == 0


@pytest.mark.parametrize("method", METHODS)
def test_all_types_of_rows_are_converted(method: str) -> None:
    mixed: list[Any] = [
        Cat(lives=9),
        Dog(tricks=["sit"]),
        UnknownModel.from_dict({"kind": "emu"}),
        Node.from_json(b'{"children":[{"children":[{"children":[{"children":[{}]}]}]}]}'),
        Loose.from_dict({"size": "5", "shape": {"side": 1}, "when": "tomorrow"}),
        Patch.from_dict({"anything": {"a": 1}, "tags": None}),
        Counters.from_dict({"a": {"side": 1}}),
        "text",
    ]
    assert len(getattr(rows(mixed), method)()) == len(mixed)


@pytest.mark.parametrize("method", ["to_arrow", "to_pandas", "to_polars"])
def test_columns_with_values_that_do_not_fit_become_text(method: str) -> None:
    table = getattr(rows([Plain(whole=2**70), Plain(whole=1)]), method)()
    assert [str(cell) for cell in table["whole"]] == [str(2**70), "1"]


def test_rows_other_than_models_are_converted() -> None:
    assert rows([1, 2]).to_arrow().to_pydict() == {"value": [1, 2]}
    assert str(rows([NOON]).to_polars().schema["value"]).startswith("Datetime")
    assert rows([{"a": 1}]).to_arrow().to_pydict() == {"value": ['{"a":1}']}
    assert TypedRows(["a"], "str").to_arrow().to_pydict() == {"value": ["a"]}
    assert rows(list[object]()).to_arrow().num_columns == 0


def test_to_csv_writes_a_header_and_text(tmp_path: Path) -> None:
    target = tmp_path / "objects.csv"
    rows(OBJECTS).to_csv(target)
    with target.open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first["created_time"] == "2024-05-01T12:00:00+00:00"
    assert first["tags"] == '[{"key":"k","value":"v","id":null}]'
    assert first["shared"] == "true"
    assert second["stored_bytes"] == ""
    assert second["unknown_fields"] == '{"brand-new":[1]}'
    rows([TYPED]).to_csv(target)
    assert "68656c6c6f" in target.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["objects.csv"]


def test_parquet_round_trips(tmp_path: Path) -> None:
    target = tmp_path / "objects.parquet"
    rows(OBJECTS).to_parquet(target)
    assert parquet.read_table(target).equals(rows(OBJECTS).to_arrow())


def test_failed_writes_keep_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "objects.csv"
    target.write_text("old")
    partly_invalid: list[object] = [Patch(anything="fine"), Patch(anything=object())]  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        rows(partly_invalid).to_csv(target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["objects.csv"]


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/a.csv", "No such file or directory. Make the folder first"),
        ("file/a.csv", "Not a directory. Make the folder first"),
        ("folder", "Is a directory"),
        ("", "is not the name of a file"),
    ],
)
def test_unwritable_paths_raise(write: str, name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match=reason) as caught:
        getattr(rows(OBJECTS), write)(tmp_path / name if name else "")
    assert isinstance(caught.value, OSError)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
def test_full_disks_keep_the_old_file(write: str, tmp_path: Path) -> None:
    """A limit on file size simulates the disk. It applies to a process, hence the subprocess."""
    target = tmp_path / "objects"
    target.write_text("old")
    script = (
        "import resource, sys\n"
        "from xcaas_core import ExportError, rows\n"
        "data = [{'text': f'{number:0>100}'} for number in range(1000)]\n"
        f"rows(data[:1]).{write}(sys.argv[1] + '.first')\n"  # imports everything
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (4096, {resource.RLIM_INFINITY}))\n"
        "try:\n"
        f"    rows(data).{write}(sys.argv[1])\n"
        "except ExportError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(target)]
    completed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (completed.stdout, completed.stderr) == (f"{str(target)!r} cannot be written: File too large\n", "")
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["objects", "objects.first"]


def test_async_rows_are_converted_alike(tmp_path: Path) -> None:
    async def run() -> None:
        async_rows, sync_rows = AsyncObjects(), rows(OBJECTS)
        assert await async_rows.to_dicts() == sync_rows.to_dicts()
        assert (await async_rows.to_arrow()).to_pylist() == sync_rows.to_arrow().to_pylist()
        assert (await async_rows.to_pandas()).equals(sync_rows.to_pandas())
        assert (await async_rows.to_polars()).equals(sync_rows.to_polars())
        await async_rows.to_csv(tmp_path / "slow.csv")
        await async_rows.to_parquet(tmp_path / "slow.parquet")

    anyio.run(run)
    assert {path.name for path in tmp_path.iterdir()} == {"slow.csv", "slow.parquet"}


def test_missing_libraries_are_named() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from xcaas_core._errors import ConfigurationError\n"
        "from xcaas_core.tables._rows import rows\n"
        "try: rows([1]).to_arrow()\n"
        "except ConfigurationError as error: print(error)\n"
    )
    completed = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True)
    assert completed.stdout.strip() == "to_arrow needs pyarrow, which is not installed. Install it: pip install pyarrow"
    assert issubclass(ConfigurationError, Exception)
