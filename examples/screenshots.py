"""`make screenshots`: renew the pictures in docs/command-line.md from the output of the commands."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDTH = 80
EXPORT = "xcaas recordings export --since 2d --regions uk --into recordings"
COMMANDS = {
    "command-line-help": ["xcaas storage objects --help"],
    "command-line-table": ["xcaas storage objects search --limit-total 6 --fields id,type,createdTime"],
    "command-line-export": [EXPORT, EXPORT, "ls recordings recordings/uk"],
    "command-line-doctor": ["xcaas doctor"],
}


def main() -> int:
    with Sandbox() as sandbox, TemporaryDirectory() as folder:
        for name, commands in COMMANDS.items():
            outputs = [(command, _output(command, sandbox.base_url, folder)) for command in commands]
            (IMAGES / f"{name}.svg").write_text(_picture(name, outputs), "utf-8", newline="\n")
    return 0


def _output(command: str, base_url: str, folder: str) -> str:
    """Return the output of a command as in a terminal, with tables and colours."""
    program, *arguments = command.split()
    options = ["--output", "table"] if "search" in arguments else []
    terminal = {"COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "TERM": "xterm"}
    return subprocess.run(
        [*([sys.executable, "-m", "xcaas_cli"] if program == "xcaas" else [program]), *arguments, *options],
        env={**os.environ, **environment(base_url), **terminal},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if program == "xcaas" and not options else None,
        text=True,
        check=True,
    ).stdout


def _picture(name: str, outputs: list[tuple[str, str]]) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for command, output in outputs:
        console.print(Text(f"$ {command}"))
        console.print(Text.from_ansi(output))
    picture = console.export_svg(title="xcaas", unique_id=name)
    return re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.DOTALL)  # they load fonts from another host


if __name__ == "__main__":
    raise SystemExit(main())
