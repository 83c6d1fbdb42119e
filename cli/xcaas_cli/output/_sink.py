"""Carrying a call out, and writing what it gives in the form that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from . import _files, _formats
from ._options import FORMATS
from ._rows import is_object, plain, selected

if TYPE_CHECKING:
    from xcaas import Poller, PollProgress, XCaaS

__all__ = ["Sink"]


@dataclass
class Sink:
    """Where and how the result of one command is written."""

    kind: str
    paged: bool = False
    columns: list[str] | None = None
    into: str | None = None
    limit: int | None = None
    wait: float | None = None
    raw: bool = False
    _seen: dict[str, None] = field(default_factory=dict[str, None])

    @classmethod
    def of(cls, given: dict[str, Any], returned: str) -> Self:
        """Return the sink that options describe, for what a method returns."""
        into: str | None = given.get("into")
        columns = [name.strip() for name in (given.get("_columns") or "").split(",") if name.strip()]
        return cls(
            kind=given.get("output") or ("jsonl" if returned == "EventStream" else _kind(into)),
            paged=returned == "Pager",
            columns=columns or None,
            into=into,
            limit=given.get("limit_total"),
            wait=given.get("wait"),
            raw=bool(given.get("raw")),
        )

    def run(self, client: XCaaS, method: Callable[..., Any], call: dict[str, Any]) -> None:
        """Make the call, and write what it gives."""
        if self.raw:
            self._write_raw(client, method, call)
        else:
            self.write(method(**call))

    def write(self, result: Any) -> None:
        """Write what a call gave."""
        from xcaas import Download, Pager, Poller

        if result is None:
            return
        if _is(result, Download):
            _files.save_download(result, self.into)
        elif _is(result, Poller):
            self.write(self._waited(result))
        elif _is(result, bytes):
            _files.write_bytes([result], self.into, "Bytes")
        elif _is(result, Pager):
            self._write_rows(result if self.limit is None else result.limit(self.limit))
        elif _is(result, list):
            self._write_rows(result)
        elif hasattr(result, "acknowledge"):  # a stream of events
            with result:
                self._write_rows(islice(result, self.limit))
        else:
            self._write_value(result)

    def _write_raw(self, client: XCaaS, method: Callable[..., Any], call: dict[str, Any]) -> None:
        if self.paged:
            pager = method(**call)
            pager = pager if self.limit is None else pager.limit(self.limit)
            with _files.open_text(self.into) as out:
                _formats.write_lines((page.body for page in pager.pages()), out)
        else:
            _files.write_bytes([client.raw(method, **call).content], self.into, "The body")

    def _write_rows(self, rows: Iterable[Any]) -> None:
        if self.kind == "parquet":
            self._write_parquet(rows)
            return
        entries = self._selected(rows)
        if self.kind == "table":
            from ._table import show_rows

            show_rows(entries, self.columns)
        else:
            with _files.open_text(self.into) as out:
                if self.kind == "csv":
                    _formats.write_csv(entries, out, self.columns)
                else:
                    {"json": _formats.write_json, "jsonl": _formats.write_lines, "yaml": _formats.write_yaml}[
                        self.kind
                    ](entries, out)
        self._tell_missing()

    def _write_value(self, result: Any) -> None:
        if self.kind in ("csv", "parquet"):
            self._write_rows([result])
            return
        (value,) = self._selected([result])
        if self.kind == "table":
            from ._table import show_value

            show_value(value)
        else:
            with _files.open_text(self.into) as out:
                _formats.write_value(value, out, self.kind)
        self._tell_missing()

    def _write_parquet(self, rows: Iterable[Any]) -> None:
        """Write the table that the SDK makes of rows: fields by their names in Python, with their types."""
        from xcaas import rows as as_table

        found = as_table([selected(plain(row), self.columns) for row in rows] if self.columns else list(rows))
        if self.into is not None:
            found.to_parquet(self.into)
            return
        import tempfile

        _files.binary_stdout("Parquet")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            found.to_parquet(path)
            _files.copy_to_stdout(path, "Parquet")

    def _selected(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            entry = plain(row)
            if self.columns and is_object(entry):
                self._seen.update(dict.fromkeys(entry))
            yield selected(entry, self.columns)

    def _tell_missing(self) -> None:
        """Name the fields that were asked for and that nothing had."""
        for column in self.columns or ():
            name = column.partition(".")[0]
            if self._seen and column not in self._seen and name not in self._seen:
                near = get_close_matches(name, self._seen, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"There are {', '.join(self._seen)}."
                sys.stderr.write(f"Nothing had a field {name}. {advice}\n")

    def _waited(self, poller: Poller[Any]) -> Any:
        from xcaas import PollerError

        try:
            return poller.wait(self.wait, progress=_show_progress if sys.stderr.isatty() else None)
        except KeyboardInterrupt:
            self._tell_job(poller)
            raise
        except PollerError:
            self._tell_job(poller)
            raise

    def _tell_job(self, poller: Poller[Any]) -> None:
        from xcaas import PollerError

        try:
            sys.stderr.write(f"The job is {poller.id}.\n")
        except PollerError:  # it was not started
            pass


def _is(result: Any, kind: type[Any]) -> bool:
    """Tell whether a result is of a class, whatever the parameters of that are."""
    return isinstance(result, kind)


def _kind(into: str | None) -> str:
    """Return the format that a file's name says, else the one for a terminal or a pipe."""
    suffix = Path(into).suffix.lower().lstrip(".") if into else ""
    suffix = {"yml": "yaml", "ndjson": "jsonl"}.get(suffix, suffix)
    if suffix in FORMATS and suffix != "table":
        return suffix
    return "table" if into is None and sys.stdout.isatty() else "jsonl"


def _show_progress(progress: PollProgress) -> None:
    sys.stderr.write(f"{progress}\n")
