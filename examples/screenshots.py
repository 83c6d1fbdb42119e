"""`make screenshots`: what docs/command-line.md shows, as pictures that a change of the command line changes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDTH = 80
COMMANDS = {
    "command-line-help": "storage objects --help",
    "command-line-table": "storage objects search --limit-total 6 --fields id,type,createdTime",
    "command-line-doctor": "doctor",
}


def main() -> int:
    with Sandbox() as sandbox:
        for name, command in COMMANDS.items():
            picture = _picture(name, command, _output(command, sandbox.base_url))
            (IMAGES / f"{name}.svg").write_text(picture, "utf-8", newline="\n")
    return 0


def _output(command: str, base_url: str) -> str:
    """Return what a command writes in a terminal: tables, with their colours."""
    options = ["--output", "table"] if " search " in command else []
    terminal = {"COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "TERM": "xterm"}
    return subprocess.run(
        [sys.executable, "-m", "xcaas_cli", *command.split(), *options],
        env={**os.environ, **environment(base_url), **terminal},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _picture(name: str, command: str, output: str) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ xcaas {command}"))
    console.print(Text.from_ansi(output))
    picture = console.export_svg(title="xcaas", unique_id=name)
    return re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.DOTALL)  # fonts of another host


if __name__ == "__main__":
    raise SystemExit(main())
