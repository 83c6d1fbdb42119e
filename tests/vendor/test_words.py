"""Private code without comments and docstrings: what goes, and that code and layout stay."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from xcaas_generator.vendor.originals import installed
from xcaas_generator.vendor.words import without_comments, without_words

SOURCE = '''
"""The module."""

from typing import Final

__all__ = ["Open", "Shut", "open_too"]

LIMIT: Final = 3
"""Words about a limit."""


class Open:
    """Words for users."""

    size: int = 1
    """More words for users."""

    def __init__(self) -> None:
        """
        Args: as told.
        """

    def run(self) -> int:
        """How it runs."""
        return 1

    def _inner(self) -> int:
        """Nobody's business."""
        return 2


def open_too() -> None:
    """Words for users, too."""


class Shut:
    """Private."""

    def look(self) -> object:
        """Private."""


class Mark:
    """Nothing else."""
'''

LEFT = '''
from typing import Final

LIMIT: Final = 3


class Open:
    """Words for users."""

    size: int = 1
    """More words for users."""

    def __init__(self) -> None:
        """
        Args: as told.
        """

    def run(self) -> int:
        """How it runs."""
        return 1

    def _inner(self) -> int:
        return 2


def open_too() -> None:
    """Words for users, too."""


class Shut:
    def look(self) -> object:
        ...


class Mark:
    ...
'''


def test_docstrings_of_what_is_public_stay() -> None:
    assert without_words(SOURCE, {"Open", "open_too"}, is_index=False) == LEFT


def test_the_names_that_an_index_offers_stay() -> None:
    assert '__all__ = ["Open", "Shut", "open_too"]' in without_words(SOURCE, set(), is_index=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # why\n", "x = 1\n"),
        ("# why\nx = 1\n", "x = 1\n"),
        ("a = 1\n\n\n# --- part ---\n\n\nb = 2\n", "a = 1\n\n\nb = 2\n"),
        ("def f():\n    # why\n\n    return 1\n", "def f():\n    return 1\n"),
        ("x = 1  # type: ignore[misc]  # mypy can't see it\n", "x = 1  # type: ignore[misc]  # mypy can't see it\n"),
        ("x = f()  # pyright: ignore[reportPrivateUsage]\n", "x = f()  # pyright: ignore[reportPrivateUsage]\n"),
        ("x = '# no comment'  # why\n", "x = '# no comment'\n"),
        ("x = f'{a}#{b}'  # ünïcode\n", "x = f'{a}#{b}'\n"),
        ("größe = '😀 #'  # why\n", "größe = '😀 #'\n"),
        ('x = """\n# text\n\n\n\n# more\n"""\n', 'x = """\n# text\n\n\n\n# more\n"""\n'),
        ("x = 1\n\n# the end\n", "x = 1\n"),
    ],
)
def test_comments(before: str, after: str) -> None:
    assert without_comments(before) == after


def test_the_code_of_all_of_core_stays_the_same() -> None:
    for path in sorted(Path(installed().core).rglob("*.py")):
        source = path.read_text("utf-8")
        assert ast.dump(ast.parse(without_comments(source))) == ast.dump(ast.parse(source)), path
        compile(without_words(source, set(), is_index=False), str(path), "exec")
