"""Record batches with a schema that is known before the first row, and lists of keys and values as columns."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.support.sample.models import StorageObject, Tag
from tests.support.zoo import Cat, Dog, Plain
from xcaas_core._errors import ArgumentError, ExportError
from xcaas_core.models import Codec, resolve
from xcaas_core.tables._rows import AsyncRows, Rows, rows

pyarrow: Any = importlib.import_module("pyarrow")
polars: Any = importlib.import_module("polars")
parquet: Any = importlib.import_module("pyarrow.parquet")

OBJECTS = [
    StorageObject(id="a", tags=[Tag(key="callId", value="1"), Tag(key="agent", value="x")]),
    StorageObject.from_dict({"id": "b", "brand-new": [1]}),
    StorageObject(id="c", tags=[Tag(key="callId", value="3")]),
]


class Slow(AsyncRows[StorageObject]):
    async def __aiter__(self) -> AsyncIterator[StorageObject]:
        for found in OBJECTS:
            await anyio.sleep(0)
            yield found


def test_no_rows_of_a_model_make_a_file_with_columns(tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"
    rows(list[StorageObject](), of=StorageObject).to_parquet(target)
    found = parquet.read_table(target)
    assert found.num_rows == 0
    assert found.schema.equals(rows(OBJECTS[:1]).to_arrow().schema)  # type: ignore[attr-defined]


def test_other_rows_may_say_what_rows_are() -> None:
    known = rows(OBJECTS, of=StorageObject)
    assert rows(list[object](), of=known).arrow_schema() == known.arrow_schema()


def test_the_schema_is_that_of_all_batches() -> None:
    known = rows(OBJECTS, of=StorageObject)
    batches = list(known.arrow_batches(2))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert all(batch.schema == known.arrow_schema() for batch in batches)
    table = pyarrow.Table.from_batches(batches)
    assert table.column("unknown_fields").to_pylist() == [None, '{"brand-new":[1]}', None]
    assert list(rows(list[object](), of=known).arrow_batches()) == []


def test_rows_of_no_known_type_are_laid_out_like_the_first() -> None:
    with pytest.raises(ExportError, match="not known before they arrive"):
        rows(OBJECTS).arrow_schema()
    first, second = rows(OBJECTS).arrow_batches(2)
    assert first.schema == second.schema == rows(OBJECTS, of=StorageObject).arrow_schema()
    assert [batch.to_pylist() for batch in rows([1, 2]).arrow_batches(1)] == [
        [{"value": 1, "unknown_fields": None}],
        [{"value": 2, "unknown_fields": None}],
    ]
    mixed: list[object] = [Cat(lives=9), Dog(tricks=["sit"])]
    with pytest.raises(ExportError, match="another type"):
        list(rows(mixed).arrow_batches(1))


def test_batches_are_made_as_they_are_asked_for() -> None:
    taken: list[str] = []

    def some() -> Iterator[StorageObject]:
        for found in OBJECTS:
            taken.append(found.id)
            yield found

    next(rows(some()).arrow_batches(1))
    assert taken == ["a"]
    with pytest.raises(ArgumentError, match="at least one row"):
        rows(OBJECTS).arrow_batches(0)


def test_a_value_that_does_not_fit_is_told() -> None:
    with pytest.raises(ExportError, match="'whole' does not fit"):
        list(rows([Plain(whole=2**70)], of=Plain).arrow_batches())


@pytest.mark.parametrize("to", ["to_arrow", "to_pandas", "to_polars"])
def test_keys_become_columns(to: str) -> None:
    found = getattr(rows(OBJECTS).pivot("tags"), to)()
    assert [str(value) for value in found["tags.callId"]][::2] == ["1", "3"]
    names = list(getattr(found, "column_names", None) or found.columns)
    assert [name for name in names if name.startswith("tags")] == ["tags.callId", "tags.agent"]


def test_keys_that_are_named_are_columns_in_any_case(tmp_path: Path) -> None:
    pivoted = rows(OBJECTS, of=StorageObject).pivot(tags=["agent", "queue"])
    assert [name for name in pivoted.arrow_schema().names if name.startswith("tags")] == ["tags.agent", "tags.queue"]
    first = next(pivoted.arrow_batches(1)).to_pylist()[0]
    assert (first["tags.agent"], first["tags.queue"]) == ("x", None)
    assert [(row["tags.agent"], row["tags.queue"]) for row in pivoted.to_dicts()] == [
        ("x", None),
        (None, None),
        (None, None),
    ]
    pivoted.to_csv(tmp_path / "found.csv")
    assert ",tags.agent,tags.queue" in (tmp_path / "found.csv").read_text()
    assert [row.get("tags.callId") for row in rows(OBJECTS).pivot("tags").to_dicts()] == ["1", None, "3"]


def test_what_cannot_be_pivoted_is_told() -> None:
    known: Rows[StorageObject] = rows(OBJECTS, of=StorageObject)
    with pytest.raises(ArgumentError, match="'id' cannot be pivoted: it is not a list of keys and values"):
        known.pivot("id").to_arrow()
    with pytest.raises(ArgumentError, match="'tagz' cannot be pivoted: the rows have no such field"):
        known.pivot("tagz").to_arrow()
    with pytest.raises(ArgumentError, match=r"pivot\(tags=\[…\]\) names them"):
        known.pivot("tags").arrow_schema()


def test_async_rows_do_the_same() -> None:
    async def run() -> None:
        batches = [batch async for batch in Slow().arrow_batches(2)]
        assert [batch.to_pylist() for batch in batches] == [
            batch.to_pylist() for batch in rows(OBJECTS).arrow_batches(2)
        ]
        pivoted = Slow().pivot("tags")
        assert (await pivoted.to_arrow()).to_pydict() == rows(OBJECTS).pivot("tags").to_arrow().to_pydict()
        assert repr(pivoted).startswith("<pivot of ")

    anyio.run(run)


class Known(Rows[object]):
    """Rows that are no models, of a type that is known."""

    def __iter__(self) -> Iterator[object]:
        return iter([["a"], []])

    def _row_codec(self) -> Codec:
        return resolve("list[str]", "tests.support.sample")


def test_rows_that_are_no_models_have_one_column() -> None:
    assert Known().arrow_schema().names == ["value"]
    [batch] = Known().arrow_batches()
    assert batch.to_pylist() == [{"value": ["a"]}, {"value": []}]


def test_a_list_of_several_models_is_pivoted_once() -> None:
    class Other(StorageObject):
        pass

    mixed = [OBJECTS[0], Other(id="d", tags=[Tag(key="agent", value="y")])]
    table = rows(mixed).pivot("tags").to_arrow()
    assert table.to_pydict()["tags.agent"] == ["x", "y"]


def test_other_libraries_take_rows_as_they_are() -> None:
    taken = 0

    def found() -> Iterator[StorageObject]:
        nonlocal taken
        for one in OBJECTS * 4000:
            taken += 1
            yield one

    known = rows(found(), of=StorageObject)
    reader = pyarrow.RecordBatchReader.from_stream(known)
    assert (reader.schema, taken) == (known.arrow_schema(), 0)
    assert reader.read_next_batch().num_rows == taken == 10_000
    assert reader.read_next_batch().num_rows == 2_000
    frame = polars.DataFrame(rows(OBJECTS, of=StorageObject))
    assert frame["id"].to_list() == ["a", "b", "c"]
    assert frame.columns == known.arrow_schema().names


@pytest.mark.parametrize("some", [rows(OBJECTS), rows(OBJECTS, of=StorageObject).pivot("tags")])
def test_rows_whose_columns_are_not_known_are_gathered_first(some: Rows[StorageObject]) -> None:
    assert pyarrow.table(some).equals(some.to_arrow())


def test_an_error_in_the_middle_is_told_by_the_library_that_reads() -> None:
    def found() -> Iterator[StorageObject]:
        yield OBJECTS[0]
        raise ExportError("no more")

    with pytest.raises(OSError, match="no more"):
        pyarrow.table(rows(found(), of=StorageObject))
