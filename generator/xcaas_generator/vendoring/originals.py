"""The originals of copies: the installed clients and core, or those of this repository."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from ..failure import Failure

SUITE, CORE = "xcaas", "xcaas_core"


@dataclass(frozen=True, slots=True)
class Originals:
    """The folders of the generated suite and of core, and the text of the licence."""

    suite: Path
    core: Path
    licence: str

    @property
    def version(self) -> str:
        """The version of core, which it sends with its calls."""
        for node in ast.parse((self.core / "_version.py").read_text("utf-8")).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
                return str(node.value.value)
        raise Failure(f"{self.core / '_version.py'} contains no version; reinstall xcaas")

    def core_digest(self) -> str:
        """Return a hash of all modules of core."""
        total = hashlib.sha256()
        for path in sorted(self.core.rglob("*.py")):
            total.update(path.relative_to(self.core).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return total.hexdigest()


def installed() -> Originals:
    """Return the packages that `import xcaas` finds.

    Raises:
        Failure: A part is not installed.
    """
    return Originals(_folder(SUITE), _folder(CORE), _licence())


def _folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Failure(f"{name} is not installed next to the generator; install xcaas")
    return Path(spec.submodule_search_locations[0])


def _licence() -> str:
    sources = Path(__file__).resolve().parents[2]
    if sources.name == "generator" and (sources.parent / "LICENSE").is_file():
        return (sources.parent / "LICENSE").read_text("utf-8")  # this repository
    text = metadata.distribution(SUITE).read_text("licenses/LICENSE")
    if text is None:
        raise Failure("the installed xcaas has no licence text; reinstall it")
    return text
