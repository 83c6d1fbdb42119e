"""The command line of `vendor`, separate from its implementation, which other commands need not import."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `vendor`."""
    command.add_argument("products", nargs="*", metavar="PRODUCT", help="products to copy, such as storage")
    command.add_argument(
        "--into", required=True, type=Path, metavar="DIR", help="folder of the package to write; any name"
    )
    command.add_argument(
        "--with",
        action="append",
        default=[],
        dest="extras",
        metavar="NAME",
        help="also include this public name, which the products don't need (testing, otel, unzip, FileTokenCache); repeatable",
    )
    command.add_argument("--spec", type=Path, metavar="FILE", help="copy a client for this OpenAPI document instead")
    command.add_argument(
        "--allow-refused", action="store_true", help="with --spec: exit 0 even if operations were refused"
    )
    mode = command.add_mutually_exclusive_group()
    mode.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if files are modified, missing, extra or outdated"
    )
    mode.add_argument("--diff", action="store_true", help="write nothing; show what an update would change")
    mode.add_argument("--force", action="store_true", help="overwrite edits made by hand, and list them")
    mode.add_argument(
        "--merge", action="store_true", help="merge edits made by hand into the update, with git merge-file"
    )
