"""`xcaas events tail`: events as JSON lines, continued from the last run with `--state`."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import click

from .._connection import make_client
from ..output import plain
from ..output._files import atomic_file, check_target, remove_leftovers
from ._lazy import LazyCommand

__all__ = ["tail"]


def _options() -> list[click.Parameter]:
    return [
        click.Argument(["topic"], default="all", metavar="[TOPIC]"),
        click.Option(
            ["--agent"], metavar="ID", help="Read the events of one agent, by the short id, instead of a TOPIC."
        ),
        click.Option(
            ["--from", "begin"],
            default="latest",
            show_default=True,
            metavar="POSITION",
            help="Start at latest, at earliest, or after the event with this id.",
        ),
        click.Option(
            ["--state"],
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Save the position in FILE after each event, and continue there next time.",
        ),
        click.Option(["--limit-total"], type=click.IntRange(min=1), metavar="N", help="Stop after N events."),
    ]


def _tail(options: dict[str, Any]) -> None:
    state: Path | None = options["state"]
    position: str = options["begin"]
    if options["agent"] and options["topic"] != "all":
        raise click.UsageError("Give a TOPIC or --agent, not both.")
    if state is not None:
        check_target(str(state), folder=False, option="--state")
        remove_leftovers(state)
        position = _read_position(state) or position
    with make_client(options) as client:
        read = client.events.read_agent if options["agent"] else client.events.read
        with read(options["agent"] or options["topic"], resume_token=position) as events:
            for event in islice(events, options["limit_total"]):
                sys.stdout.write(json.dumps(plain(event), ensure_ascii=False, separators=(",", ":")) + "\n")
                sys.stdout.flush()
                events.acknowledge()  # after writing: a killed process repeats an event rather than losing it
                if state is not None and events.resume_token:
                    _save_position(state, events.resume_token)


def _read_position(state: Path) -> str:
    try:
        return state.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise click.UsageError(
            f"--state {state} does not contain a position. Remove it, or give another file."
        ) from None


def _save_position(state: Path, token: str) -> None:
    with atomic_file(state) as path:
        path.write_text(f"{token}\n", "utf-8")


tail = LazyCommand(
    "tail",
    "Write contact center events as they happen, one JSON line each.\n\n"
    "TOPIC is all (the default) or one type of event, such as InteractionCreated. After a broken connection, it continues "
    "where it was. Stop with Ctrl-C.",
    _options,
    _tail,
)
