"""The request of a run, and its result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xcaas_generator.package.changes import Change
    from xcaas_generator.problems import Problem


class Source(NamedTuple):
    """A document, and its name in Python."""

    name: str
    path: Path


class BuildRequest(NamedTuple):
    """The documents to generate from, and the target folder.

    With `suite`, several products share a client. With `house_rules`, documents must follow those of this repository.
    """

    target: Path
    sources: tuple[Source, ...]
    suite: bool
    strict: bool = False
    house_rules: bool = False
    force: bool = False
    check: bool = False
    allow_network: bool = False


class BuildResult(NamedTuple):
    """The result of a run. `differing` are the paths of changed files, including removed ones."""

    operations: int
    refused: int = 0
    differing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    warnings: tuple[Problem, ...] = ()
