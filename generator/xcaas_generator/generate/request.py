"""What a run is asked for and what it gives back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xcaas_generator.package.changes import Change
    from xcaas_generator.problems import Problem


class Source(NamedTuple):
    """A document to generate from, and the name it gets in Python."""

    name: str
    path: Path


class BuildRequest(NamedTuple):
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


class BuildResult(NamedTuple):
    """What a run did. `differing` are the paths that changed, removed ones included."""

    operations: int
    refused: int = 0
    differing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    warnings: tuple[Problem, ...] = ()
