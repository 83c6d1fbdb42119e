"""Relocation of modules into one tree: imports of core become relative; nothing else changes."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from ..failure import Failure
from .modules import Module
from .originals import CORE

LICENCE_LINE = "# SPDX-License-Identifier: Apache-2.0\n"
"""The first line of all files of a copy that allow comments."""


def relocated(module: Module, path: PurePosixPath, core: str) -> str:
    """Return the source of a module at `path` in a tree that has core in the folder `core`.

    Raises:
        Failure: An import can't be made relative.
    """
    root = "." * len(path.parts)
    lines = module.source.splitlines(keepends=True)
    for node in ast.walk(module.tree) if CORE in module.source else ():
        match node:
            case ast.ImportFrom(level=0, module=str(name)) if _is_core(name):
                original, relative = f"from {name} import ", f"from {root}{core}{name.removeprefix(CORE)} import "
            case ast.Import(names=[ast.alias(name=name, asname=str(bound))]) if name == CORE:
                original, relative = f"import {name} as {bound}", f"from {root} import {core} as {bound}"
                relative = relative.removesuffix(f" as {core}")
            case ast.Import(names=names) if any(_is_core(alias.name) for alias in names):
                original = relative = ""
            case _:
                continue
        line = lines[node.lineno - 1]
        if not original or not line.lstrip().startswith(original):
            raise Failure(f"{module.name}:{node.lineno}: an import that can't be made relative")
        lines[node.lineno - 1] = line.replace(original, relative, 1)
    return LICENCE_LINE + "".join(lines)


def _is_core(name: str) -> bool:
    return name.partition(".")[0] == CORE
