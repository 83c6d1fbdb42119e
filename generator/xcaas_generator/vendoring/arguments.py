"""The command line of `vendor`, apart from what it does, so that other commands need not load that."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Describe the command line."""
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
    what = command.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if files are modified, missing, extra or outdated"
    )
    what.add_argument("--diff", action="store_true", help="write nothing; show what an update would change")
    what.add_argument("--force", action="store_true", help="overwrite edits made by hand, and list them")
    what.add_argument(
        "--merge", action="store_true", help="merge edits made by hand into the update, with git merge-file"
    )
