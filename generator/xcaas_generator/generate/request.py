"""What a run is asked for and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xcaas_generator.package.changes import Change
from xcaas_generator.problems import Problem


@dataclass(frozen=True, slots=True)
class Source:
    """A document to generate from, and the name it gets in Python."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to generate into which folder. With `suite`, several products under one client.

    With `house_rules`, documents are held to those of this repository, too."""

    target: Path
    sources: tuple[Source, ...]
    suite: bool
    strict: bool = False
    house_rules: bool = False
    force: bool = False
    check: bool = False
    allow_network: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a run did. `differing` are the paths that changed, removed ones included."""

    operations: int
    refused: int = 0
    differing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    warnings: tuple[Problem, ...] = ()
