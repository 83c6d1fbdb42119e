"""Example repositories that vendor a client, and Pythons in which `xcaas` is not installed."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from io import StringIO
from pathlib import Path

from xcaas_generator.progress import Progress
from xcaas_generator.vendoring.arguments import add_arguments
from xcaas_generator.vendoring.command import vendor
from xcaas_generator.vendoring.originals import Originals

FIXTURES = Path(__file__).parent / "fixtures"
BIN = Path(sys.executable).parent
RUN_TIME = ("httpx", "attrs", "python-dateutil")


@dataclass(frozen=True, slots=True)
class Host:
    """A repository: the target folder of the copy, the arguments of `vendor`, and its own program."""

    name: str
    into: str
    arguments: tuple[str, ...]
    program: tuple[str, ...]
    source: str = "."

    def create(self, folder: Path) -> Path:
        """Create a copy of the repository."""
        root = folder / self.name
        shutil.copytree(FIXTURES / self.name, root)
        return root

    def run(self, root: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program of the repository."""
        return run_in(root, [python, *self.program, *arguments], PYTHONPATH=str(root / self.source))


FLAT = Host("flat", "eightx8", ("storage",), ("report.py",))
LAYERS = Host(
    "layers",
    "src/acme/support/_vendor/xcaas",
    ("storage", "cc_realtime"),
    ("-m", "acme.support.wallboard"),
    "src",
)
SITE = Host(
    "site",
    "callcenter/vendor/cloud",
    ("storage",),
    ("manage.py", "recordings"),
)
HOSTS = (FLAT, LAYERS, SITE)


@dataclass(frozen=True, slots=True)
class VendorResult:
    """The result of the command: its exit code and its output."""

    code: int
    output: str


def run_vendor(target: Path, *arguments: str, originals: Originals | None = None) -> VendorResult:
    """Run `xcaas-gen vendor` in this process."""
    from xcaas_generator.failure import Failure

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    output = StringIO()
    progress = Progress(output)
    options = parser.parse_args([*arguments, "--into", str(target)])
    try:
        code = vendor(options, progress, originals)
    except Failure as failure:
        return VendorResult(failure.code, str(failure))
    return VendorResult(code, output.getvalue())


def run_in(folder: Path, command: Sequence[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with a clean environment."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ
    }
    arguments = [str(argument) for argument in command]
    return subprocess.run(
        arguments,
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def make_python(folder: Path, *distributions: str) -> Path:
    """Create a Python with only some distributions and their requirements."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    packages = Path(
        run_in(folder, [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).stdout.strip()
    )
    for name in sorted(_required(distributions)):
        for top in _top_level(name):
            link = packages / top.name
            if not link.exists():
                link.symlink_to(top)
    return python


SMALL = Originals(FIXTURES / "small" / "xcaas", FIXTURES / "small" / "xcaas_core", "A licence.\n")
"""A suite of two products with a minimal core, for tests that make no calls."""


def newer_originals(base: Originals, folder: Path, version: str = "9.9.9") -> Originals:
    """Return originals of another version, with another sentence in storage."""
    originals = Originals(folder / "xcaas", folder / "xcaas_core", base.licence)
    shutil.copytree(base.suite, originals.suite)
    shutil.copytree(base.core, originals.core)
    replace(originals.core / "_version.py", f'"{base.version}"', f'"{version}"')
    replace(originals.suite / "storage" / "_objects.py", "Search objects.", "Look for objects.")
    return originals


def replace(path: Path, old: str, new: str) -> None:
    """Replace a string in a file; it must exist."""
    text = path.read_text("utf-8")
    assert old in text, f"{path} lacks {old!r}"
    path.write_text(text.replace(old, new), "utf-8")


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inodes and modification times of a folder, its parent, and everything in it."""
    paths = [folder.parent, folder, *folder.rglob("*")]
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths if "__pycache__" not in path.parts
    }


def files_of(folder: Path) -> list[Path]:
    """Return the files of a copy."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _required(distributions: Iterable[str]) -> set[str]:
    pending, names = list(distributions), set[str]()
    while pending:
        name = re.sub(r"[-_.]+", "-", pending.pop()).lower()
        if name not in names:
            try:
                requires = metadata.distribution(name).requires or []
            except metadata.PackageNotFoundError:
                continue  # required only on other systems
            names.add(name)
            pending += [re.split(r"[^\w.-]", item)[0] for item in requires if "extra ==" not in item]
    return names


def _top_level(name: str) -> Iterator[Path]:
    distribution = metadata.distribution(name)
    top_names = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
    yield from (Path(str(distribution.locate_file(top_name))) for top_name in sorted(top_names))
