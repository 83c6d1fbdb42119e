"""The `vendor` command."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..failure import Failure
from ..progress import Progress, counted
from ._vendor_check import Finding, compare
from .copy import Copy, Order, copy_of_suite
from .difference import difference
from .document import copy_of_document, outdated_inputs, spec_order
from .modules import is_all
from .originals import Originals, installed
from .record import Record, record_of
from .target import check_target, reject_links_inside, reject_long_paths
from .update import Update, digests, outdated, plan_update, removed, write

DONE, DIFFERENT, REFUSED = 0, 1, 3
_INDEX = "__init__.py"


def vendor(options: argparse.Namespace, progress: Progress, originals: Originals | None = None) -> int:
    """Create, update or check a copy. Without products, update the existing copy.

    Raises:
        InputError: A document has problems.
        Failure: The target can't be written, or something does not exist. Nothing was written.
    """
    target: Path = options.into
    originals = originals or installed()
    old = check_target(target)
    order = _order(options, old)
    if options.check:
        return _check(target, _existing(target, old), order, originals)
    reject_links_inside(target)
    copy = _copy(order, target, originals, progress)
    if options.diff:
        sys.stdout.writelines(difference(target, old, copy.files))
        return DONE
    reject_long_paths(target, copy.files)
    on_edits = "force" if options.force else "merge" if options.merge else "refuse"
    new = record_of(order, copy, digests(copy.files), originals)
    update = plan_update(target, old, new, copy.files, on_edits)
    dropped = _public_names(_read(target / _INDEX)) - _public_names(copy.files[_INDEX])
    changed = len(update.changed) + len(removed(update, old))
    if changed:
        write(update)
    progress.say(_summary(update, changed, old, dropped))
    if update.conflicts:
        return DIFFERENT
    return REFUSED if copy.refused and not options.allow_refused else DONE


def _public_names(index: str) -> set[str]:
    """Return the names in `__all__` of a package's `__init__`; none if it can't be parsed."""
    with suppress(SyntaxError, ValueError):
        for statement in ast.parse(index).body:
            if is_all(statement):
                return set(ast.literal_eval(statement.value))
    return set()


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _order(options: argparse.Namespace, old: Record | None) -> Order:
    """Return the requested order or, if nothing is requested, that of the existing copy."""
    requested = Order(_unique(options.products), _unique(options.extras))
    if options.spec is not None:
        if options.products:
            raise Failure("give products or --spec, not both", code=2)
        return spec_order(options.spec, options.into, requested)
    if requested.products:
        return requested
    if old is None or not (old.order.products or old.order.spec):
        raise Failure(
            "give at least one product, such as `xcaas-gen vendor storage --into src/acme/_vendor/xcaas`", code=2
        )
    return replace(old.order, extras=tuple(dict.fromkeys([*old.order.extras, *requested.extras])))


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _existing(target: Path, old: Record | None) -> Record:
    if old is None:
        raise Failure(f"{target} contains no vendored client yet", code=2)
    return old


def _copy(order: Order, target: Path, originals: Originals, progress: Progress) -> Copy:
    if order.spec is not None:
        return copy_of_document(order, target, originals, progress)
    return copy_of_suite(order, originals)


def _check(target: Path, old: Record, order: Order, originals: Originals) -> int:
    findings = compare(target, old.files)
    if order.spec is None:
        copy = copy_of_suite(order, originals)
        findings += outdated(old, record_of(order, copy, digests(copy.files), originals))
    elif order == old.order:
        findings += outdated_inputs(old, target, originals)
    else:
        findings.append(Finding("outdated", order.spec))
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return DIFFERENT if findings else DONE


def _summary(update: Update, changed: int, old: Record | None, dropped: Collection[str]) -> str:
    """Return a summary of the update, for the terminal."""
    lines = [f"overwritten: {update.target / path}" for path in update.overwritten]
    lines += [f"merged: {update.target / path}" for path in update.merged if path not in update.conflicts]
    lines += [f"conflict: {update.target / path}" for path in update.conflicts]
    if dropped:
        lines.append(f"no longer in the copy: {', '.join(sorted(dropped))} (to add one: --with NAME)")
    total = sum(len(content) for content in update.files.values())
    size = f"{counted(len(update.files), 'file')}, {total // 1000} KB"
    if not changed:
        state = "up to date"
    elif old is None:
        state = "new"
    else:
        state = f"{counted(changed, 'file')} changed"
    return "\n".join([*lines, f"{update.target}: {size}, {state}"])
