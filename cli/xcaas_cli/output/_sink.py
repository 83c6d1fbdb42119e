"""Making a call, and writing its result in the selected format."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from .._messages import say
from . import _files, _formats
from ._options import FORMATS
from ._progress import show_text
from ._rows import is_object, plain, select_fields

if TYPE_CHECKING:
    from xcaas import Poller, XCaaS

__all__ = ["Sink"]


@dataclass
class Sink:
    """Where and how the result of one command is written."""

    kind: str
    returned: str
    columns: list[str] | None = None
    into: str | None = None
    limit: int | None = None
    wait: float | None = None
    raw: bool = False
    _seen: dict[str, None] = field(default_factory=dict[str, None])

    @classmethod
    def of(cls, options: dict[str, Any], returned: str, *, is_file: bool = False) -> Self:
        """Create the sink from options, for the type that a method returns.

        Raises:
            click.UsageError: The options conflict, or the result could not be written.
        """
        into: str | None = options.get("into")
        if options.get("raw") and (options.get("output") or options.get("_columns")):
            raise click.UsageError(
                "--raw writes the response unchanged. Leave it out, or leave out --output and --fields."
            )
        if into and returned == "Pager" and not (is_file or options.get("raw") or options.get("output")):
            _check_name(into)
        columns = [name.strip() for name in (options.get("_columns") or "").split(",") if name.strip()]
        sink = cls(
            kind=options.get("output") or ("jsonl" if returned == "EventStream" else _default_format(into)),
            returned=returned,
            columns=columns or None,
            into=into,
            limit=options.get("limit_total"),
            wait=options.get("wait"),
            raw=bool(options.get("raw")),
        )
        sink.check(is_file)
        return sink

    def check(self, is_file: bool) -> None:
        """Raise UsageError if the result could not be written, before the call is made."""
        if self.into is not None:
            _files.check_target(self.into, folder=is_file)
        elif is_file or self.kind == "parquet":
            _files.check_stdout("A file")
        if self.kind == "parquet" and not is_file and find_spec("pyarrow") is None:
            raise click.UsageError("Parquet needs pyarrow: pip install 'xcaas[arrow]'")

    def run(self, client: XCaaS, method: Callable[..., Any], call: dict[str, Any]) -> None:
        """Make the call and write its result."""
        if self.raw:
            self._write_raw(client, method, call)
        else:
            self.write(method(**call))

    def write(self, result: Any) -> None:
        """Write the result of a call."""
        from xcaas import Download, Pager, Poller

        if result is None:
            return
        if _is_instance(result, Download):
            _files.save_download(result, self.into)
        elif _is_instance(result, Poller):
            self.write(self._wait_for(result))
        elif _is_instance(result, bytes):
            _files.write_bytes([result], self.into)
        elif _is_instance(result, Pager):
            self._write_rows(result if self.limit is None else result.limit(self.limit))
        elif _is_instance(result, list):
            self._write_rows(result)
        elif hasattr(result, "acknowledge"):  # a stream of events
            with result:
                self._write_rows(islice(result, self.limit))
        else:
            self._write_value(result)

    def _write_raw(self, client: XCaaS, method: Callable[..., Any], call: dict[str, Any]) -> None:
        if self.returned == "Pager":
            pager = method(**call)
            pager = pager if self.limit is None else pager.limit(self.limit)
            with _files.open_text(self.into) as out:
                _formats.write_lines((page.body for page in pager.pages()), out)
        else:
            _files.write_bytes([client.raw(method, **call).content], self.into)

    def _write_rows(self, rows: Iterable[Any]) -> None:
        with show_text("", hidden=self.into is None and sys.stdout.isatty()) as update:
            counted_rows = _count_rows(rows, update)
            if self.kind == "parquet":
                self._write_parquet(counted_rows)
            else:
                self._write_entries(self._select(counted_rows))
        self._warn_about_missing_fields()

    def _write_entries(self, entries: Iterable[Any]) -> None:
        with _files.open_text(self.into) as out:
            match self.kind:
                case "table":
                    from ._table import show_rows

                    show_rows(entries, out, self.columns)
                case "csv":
                    _formats.write_csv(entries, out, self.columns)
                case "json":
                    _formats.write_json(entries, out)
                case "yaml":
                    _formats.write_yaml(entries, out)
                case _:
                    _formats.write_lines(entries, out)

    def _write_value(self, result: Any) -> None:
        if self.kind in ("csv", "parquet"):
            self._write_rows([result])
            return
        (value,) = self._select([result])
        with _files.open_text(self.into) as out:
            if self.kind == "table":
                from ._table import show_value

                show_value(value, out)
            else:
                _formats.write_value(value, out, self.kind)
        self._warn_about_missing_fields()

    def _write_parquet(self, rows: Iterable[Any]) -> None:
        """Write the SDK's table of the rows, with Python names and types of fields."""
        from xcaas import rows as as_table

        table = as_table([select_fields(plain(row), self.columns) for row in rows] if self.columns else list(rows))
        if self.into is not None:
            table.to_parquet(self.into)
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            table.to_parquet(path)
            _files.copy_to_stdout(path)

    def _select(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            entry = plain(row)
            if self.columns and is_object(entry):
                self._seen.update(dict.fromkeys(entry))
            yield select_fields(entry, self.columns)

    def _warn_about_missing_fields(self) -> None:
        """Warn about selected fields that no entry had."""
        for column in self.columns or ():
            name = column.partition(".")[0]
            if self._seen and column not in self._seen and name not in self._seen:
                similar = get_close_matches(name, self._seen, n=1)
                advice = f"Did you mean {similar[0]}?" if similar else f"The fields are {', '.join(self._seen)}."
                say(f"No entry has a field {name}. {advice}")

    def _wait_for(self, poller: Poller[Any]) -> Any:
        from xcaas import PollerError

        try:
            with show_text("Starting the job") as update:
                return poller.wait(
                    self.wait, progress=lambda status: update(f"Job {status.id}: {status.state or 'running'}")
                )
        except (KeyboardInterrupt, PollerError):
            _report_job_id(poller)
            raise


def _report_job_id(poller: Poller[Any]) -> None:
    """Print the id of the job, which may still be running."""
    from xcaas import PollerError

    try:
        say(f"The id of the job is {poller.id}.")
    except PollerError:  # the job was not started
        pass


def _count_rows(rows: Iterable[Any], update: Callable[[str], None]) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        update(f"{number:,} {'entry' if number == 1 else 'entries'}")
        yield row


def _is_instance(result: Any, class_: type[Any]) -> bool:
    """Return whether a result is an instance of a class, without narrowing its type parameters."""
    return isinstance(result, class_)


def _default_format(into: str | None) -> str:
    """Return the format of a file's suffix, or the default for a terminal or a pipe."""
    suffix = _suffix(into) if into else ""
    if suffix in FORMATS and suffix != "table":
        return suffix
    return "table" if into is None and sys.stdout.isatty() else "jsonl"


def _check_name(into: str) -> None:
    """Raise UsageError if the suffix of a list's file suggests an unsupported format (`queues.xlsx`)."""
    if _suffix(into) not in ("", "txt", "log", *FORMATS):
        suffixes = ", ".join(f".{name}" for name in FORMATS if name != "table")
        raise click.UsageError(
            f"--into {into}: the format is unknown. Give a name that ends with {suffixes}, or choose one with --output."
        )


def _suffix(into: str) -> str:
    suffix = Path(into).suffix.lower().lstrip(".")
    return {"yml": "yaml", "ndjson": "jsonl"}.get(suffix, suffix)
