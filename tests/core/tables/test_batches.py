"""Record batches with a schema known before the first row, and pivots of lists of keys and values."""

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


class AsyncObjects(AsyncRows[StorageObject]):
    async def __aiter__(self) -> AsyncIterator[StorageObject]:
        for obj in OBJECTS:
            await anyio.sleep(0)
            yield obj


def test_empty_rows_of_a_model_are_written_with_columns(tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"
    rows(list[StorageObject](), of=StorageObject).to_parquet(target)
    table = parquet.read_table(target)
    assert table.num_rows == 0
    assert table.schema.equals(rows(OBJECTS[:1]).to_arrow().schema)  # type: ignore[attr-defined]


def test_other_rows_may_give_the_row_type() -> None:
    typed = rows(OBJECTS, of=StorageObject)
    assert rows(list[object](), of=typed).arrow_schema() == typed.arrow_schema()


def test_all_batches_have_the_schema() -> None:
    typed = rows(OBJECTS, of=StorageObject)
    batches = list(typed.arrow_batches(2))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert all(batch.schema == typed.arrow_schema() for batch in batches)
    table = pyarrow.Table.from_batches(batches)
    assert table.column("unknown_fields").to_pylist() == [None, '{"brand-new":[1]}', None]
    assert list(rows(list[object](), of=typed).arrow_batches()) == []


def test_untyped_rows_get_the_columns_of_the_first_batch() -> None:
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


def test_batches_are_built_lazily() -> None:
    taken: list[str] = []

    def objects() -> Iterator[StorageObject]:
        for obj in OBJECTS:
            taken.append(obj.id)
            yield obj

    next(rows(objects()).arrow_batches(1))
    assert taken == ["a"]
    with pytest.raises(ArgumentError, match="at least one row"):
        rows(OBJECTS).arrow_batches(0)


def test_values_that_do_not_fit_raise() -> None:
    with pytest.raises(ExportError, match="'whole' does not fit"):
        list(rows([Plain(whole=2**70)], of=Plain).arrow_batches())


@pytest.mark.parametrize("method", ["to_arrow", "to_pandas", "to_polars"])
def test_pivot_turns_keys_into_columns(method: str) -> None:
    table = getattr(rows(OBJECTS).pivot("tags"), method)()
    assert [str(value) for value in table["tags.callId"]][::2] == ["1", "3"]
    names = list(getattr(table, "column_names", None) or table.columns)
    assert [name for name in names if name.startswith("tags")] == ["tags.callId", "tags.agent"]


def test_pivot_with_named_keys_always_has_these_columns(tmp_path: Path) -> None:
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


def test_invalid_pivots_raise() -> None:
    typed: Rows[StorageObject] = rows(OBJECTS, of=StorageObject)
    with pytest.raises(ArgumentError, match="'id' cannot be pivoted: it is not a list of keys and values"):
        typed.pivot("id").to_arrow()
    with pytest.raises(ArgumentError, match="'tagz' cannot be pivoted: the rows have no such field"):
        typed.pivot("tagz").to_arrow()
    with pytest.raises(ArgumentError, match=r"pivot\(tags=\[…\]\) names them"):
        typed.pivot("tags").arrow_schema()


def test_async_rows_build_the_same_batches() -> None:
    async def run() -> None:
        batches = [batch async for batch in AsyncObjects().arrow_batches(2)]
        assert [batch.to_pylist() for batch in batches] == [
            batch.to_pylist() for batch in rows(OBJECTS).arrow_batches(2)
        ]
        pivoted = AsyncObjects().pivot("tags")
        assert (await pivoted.to_arrow()).to_pydict() == rows(OBJECTS).pivot("tags").to_arrow().to_pydict()
        assert repr(pivoted).startswith("<pivot of ")

    anyio.run(run)


class TypedRows(Rows[object]):
    """Rows of a known type other than a model."""

    def __iter__(self) -> Iterator[object]:
        return iter([["a"], []])

    def _row_codec(self) -> Codec:
        return resolve("list[str]", "tests.support.sample")


def test_rows_other_than_models_have_one_column() -> None:
    assert TypedRows().arrow_schema().names == ["value"]
    [batch] = TypedRows().arrow_batches()
    assert batch.to_pylist() == [{"value": ["a"]}, {"value": []}]


def test_mixed_models_are_pivoted_into_one_column() -> None:
    class Other(StorageObject):
        pass

    mixed = [OBJECTS[0], Other(id="d", tags=[Tag(key="agent", value="y")])]
    table = rows(mixed).pivot("tags").to_arrow()
    assert table.to_pydict()["tags.agent"] == ["x", "y"]


def test_other_libraries_read_rows_directly() -> None:
    taken = 0

    def objects() -> Iterator[StorageObject]:
        nonlocal taken
        for obj in OBJECTS * 4000:
            taken += 1
            yield obj

    typed = rows(objects(), of=StorageObject)
    reader = pyarrow.RecordBatchReader.from_stream(typed)
    assert (reader.schema, taken) == (typed.arrow_schema(), 0)
    assert reader.read_next_batch().num_rows == taken == 10_000
    assert reader.read_next_batch().num_rows == 2_000
    frame = polars.DataFrame(rows(OBJECTS, of=StorageObject))
    assert frame["id"].to_list() == ["a", "b", "c"]
    assert frame.columns == typed.arrow_schema().names


@pytest.mark.parametrize("untyped", [rows(OBJECTS), rows(OBJECTS, of=StorageObject).pivot("tags")])
def test_rows_with_unknown_columns_are_collected_first(untyped: Rows[StorageObject]) -> None:
    assert pyarrow.table(untyped).equals(untyped.to_arrow())


def test_errors_while_reading_propagate_through_the_library() -> None:
    def objects() -> Iterator[StorageObject]:
        yield OBJECTS[0]
        raise ExportError("no more")

    with pytest.raises(OSError, match="no more"):
        pyarrow.table(rows(objects(), of=StorageObject))
