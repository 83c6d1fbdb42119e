"""The `vendor` command: what it takes, and what it tells."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from ..failure import Failure
from ..progress import Progress, counted
from ._vendor_check import Finding, compare
from .copy import Copy, Order, copy_of_suite
from .difference import difference
from .document import behind, copy_of_document, spec_order
from .originals import Originals, installed
from .place import open_place, refuse_links_inside, refuse_long_paths
from .record import Record, record_of
from .update import Update, digests, outdated, plan_update, removed, write

DONE, DIFFERENT, REFUSED = 0, 1, 3


def vendor(options: argparse.Namespace, progress: Progress, originals: Originals | None = None) -> int:
    """Make, update or check a copy. Without products, one that exists is brought up to date as it is.

    Raises:
        InputError: A document has problems.
        Failure: Something is in the way, or does not exist. Nothing was written.
    """
    target: Path = options.into
    originals = originals or installed()
    old = open_place(target)
    order = _order(options, old)
    if options.check:
        return _check(target, _existing(target, old), order, originals)
    refuse_links_inside(target)
    copy = _copy(order, target, originals, progress)
    if options.diff:
        sys.stdout.writelines(difference(target, old, copy.files))
        return DONE
    refuse_long_paths(target, copy.files)
    how = "force" if options.force else "merge" if options.merge else "refuse"
    new = record_of(order, copy, digests(copy.files), originals)
    update = plan_update(target, old, new, copy.files, how)
    changed = len(update.changed) + len(removed(update, old))
    if changed:
        write(update)
    progress.say(_told(update, changed, old))
    if update.conflicts:
        return DIFFERENT
    return REFUSED if copy.refused and not options.allow_refused else DONE


def _order(options: argparse.Namespace, old: Record | None) -> Order:
    """Return what is asked for, or what the copy was made from if nothing is."""
    asked = Order(_once(options.products), _once(options.extras))
    if options.spec is not None:
        if options.products:
            raise Failure("give products or --spec, not both", code=2)
        return spec_order(options.spec, options.into, asked)
    if asked.products:
        return asked
    if old is None or not (old.order.products or old.order.spec):
        raise Failure(
            "give at least one product, such as `xcaas-gen vendor storage --into src/acme/_vendor/xcaas`", code=2
        )
    return replace(old.order, extras=tuple(dict.fromkeys([*old.order.extras, *asked.extras])))


def _once(names: list[str]) -> tuple[str, ...]:
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
    found = compare(target, old.files)
    if order.spec is None:
        copy = copy_of_suite(order, originals)
        found += outdated(old, record_of(order, copy, digests(copy.files), originals))
    elif order == old.order:
        found += behind(old, target, originals)
    else:
        found.append(Finding("outdated", order.spec))
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return DIFFERENT if found else DONE


def _told(update: Update, changed: int, old: Record | None) -> str:
    """Return what happened, for the terminal."""
    lines = [f"overwritten: {update.target / path}" for path in update.overwritten]
    lines += [f"merged: {update.target / path}" for path in update.merged if path not in update.conflicts]
    lines += [f"conflict: {update.target / path}" for path in update.conflicts]
    total = sum(len(content) for content in update.files.values())
    size = f"{counted(len(update.files), 'file')}, {total // 1000} KB"
    if not changed:
        news = "up to date"
    elif old is None:
        news = "new"
    else:
        news = f"{counted(changed, 'file')} changed"
    return "\n".join([*lines, f"{update.target}: {size}, {news}"])
