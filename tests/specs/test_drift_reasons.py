"""`specs/drift.toml` keeps up with the specs.

The vendor's documents are not here, so only our side of an entry can be looked at: what is
said to be ours must still be.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from tests.specs.folder import SPECS
from xcaas_generator.drift.compare import Difference, drift
from xcaas_generator.drift.facts import Facts, Item, facts
from xcaas_generator.drift.reasons import Reason, read_reasons
from xcaas_generator.read import read_document

REASONS = read_reasons(SPECS.root / "drift.toml")
SOURCE = re.compile(r"[1-9][0-9]? [A-Z].+")


@cache
def possible(product: str) -> tuple[Difference, ...]:
    """What would be told of our side if the vendor had no document, an empty one, or one that is all other types."""
    ours = facts(read_document(SPECS.root / f"{product}.yaml", name=product, strict=False).document)
    other = Item("nothing")
    counterparts: tuple[list[Facts], ...] = (
        [],
        [replace(one, items={}) for one in ours],
        [replace(one, items=dict.fromkeys(one.items, other)) for one in ours],
        [replace(one, items=dict.fromkeys(one.items, replace(other, required=True))) for one in ours],
    )
    return tuple(found for theirs in counterparts for found in drift({product: ours}, theirs))


def our_side(pattern: str) -> str:
    """A pattern without what it says of the vendor's side."""
    return re.sub(r" in ours, \w[\w ]* in the vendor's$", " in ours, *", pattern)


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.patterns[0])
def test_entry_is_about_something_that_is_there(reason: Reason) -> None:
    assert f"{reason.product}.yaml" in SPECS.documents
    ours = [our_side(one) for one in reason.patterns if not one.endswith(": only in the vendor's")]
    assert replace(reason, patterns=tuple(ours)).stale(possible(reason.product)) == []


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.patterns[0])
def test_entry_gives_one_sentence_and_a_source(reason: Reason) -> None:
    assert reason.text.endswith(".")
    assert ". " not in reason.text
    assert SOURCE.fullmatch(reason.source)


def test_no_pattern_stands_twice() -> None:
    patterns = [(reason.product, pattern) for reason in REASONS for pattern in reason.patterns]
    assert len(set(patterns)) == len(patterns)


def test_entries_come_by_product() -> None:
    products = [reason.product for reason in REASONS]
    assert products == sorted(products)
