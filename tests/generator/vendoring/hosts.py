"""Made-up repositories that vendor a client, and Pythons in which `xcaas` is not installed."""

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
    """A repository: where a client goes, what is asked for, and how its own program is started."""

    name: str
    into: str
    arguments: tuple[str, ...]
    program: tuple[str, ...]
    source: str = "."

    def create(self, folder: Path) -> Path:
        """A fresh copy of the repository."""
        root = folder / self.name
        shutil.copytree(FIXTURES / self.name, root)
        return root

    def run(self, root: Path, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Start the host's own program."""
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
class Ran:
    """What a command told. `code` is as if it had been run from a shell."""

    code: int
    told: str


def vendored(target: Path, *arguments: str, originals: Originals | None = None) -> Ran:
    """Run the command in this process."""
    from xcaas_generator.failure import Failure

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    told = StringIO()
    progress = Progress(told)
    options = parser.parse_args([*arguments, "--into", str(target)])
    try:
        code = vendor(options, progress, originals)
    except Failure as failure:
        return Ran(failure.code, str(failure))
    return Ran(code, told.getvalue())


def run_in(folder: Path, command: Sequence[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with a clean environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, timeout=100, check=False
    )


def make_python(folder: Path, *distributions: str) -> Path:
    """A Python with nothing installed but some distributions and what they require."""
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
"""A suite of two products with a core of a few lines: enough for everything that does not run calls."""


def newer(base: Originals, folder: Path, version: str = "9.9.9") -> Originals:
    """Originals of another version: core says so, and storage has another sentence."""
    found = Originals(folder / "xcaas", folder / "xcaas_core", base.licence)
    shutil.copytree(base.suite, found.suite)
    shutil.copytree(base.core, found.core)
    replace(found.core / "_version.py", f'"{base.version}"', f'"{version}"')
    replace(found.suite / "storage" / "_objects.py", "Search objects.", "Look for objects.")
    return found


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that must be there."""
    text = path.read_text("utf-8")
    assert old in text, f"{path} lacks {old!r}"
    path.write_text(text.replace(old, new), "utf-8")


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and modification time of everything in a folder, itself included, and of the folder that holds it."""
    places = [folder.parent, folder, *folder.rglob("*")]
    return {
        str(place): (place.stat().st_ino, place.stat().st_mtime_ns)
        for place in places
        if "__pycache__" not in place.parts
    }


def files_of(folder: Path) -> list[Path]:
    """The files of a copy."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _required(distributions: Iterable[str]) -> set[str]:
    waiting, found = list(distributions), set[str]()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            try:
                requires = metadata.distribution(name).requires or []
            except metadata.PackageNotFoundError:
                continue  # wanted on other systems only
            found.add(name)
            waiting += [re.split(r"[^\w.-]", item)[0] for item in requires if "extra ==" not in item]
    return found


def _top_level(name: str) -> Iterator[Path]:
    distribution = metadata.distribution(name)
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
    yield from (Path(str(distribution.locate_file(top))) for top in sorted(tops))
