"""`specs/drift.toml` agrees with the specs.

The vendor's documents are not in this repository, so only our side of an entry is checked: it must still be true.
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
def possible_differences(product: str) -> tuple[Difference, ...]:
    """Return the differences from a vendor without the product, with empty operations, and with other types."""
    our_facts = facts(read_document(SPECS.root / f"{product}.yaml", name=product, strict=False).document)
    other_item = Item("nothing")
    counterparts: tuple[list[Facts], ...] = (
        [],
        [replace(our, items={}) for our in our_facts],
        [replace(our, items=dict.fromkeys(our.items, other_item)) for our in our_facts],
        [replace(our, items=dict.fromkeys(our.items, replace(other_item, required=True))) for our in our_facts],
    )
    return tuple(difference for their_facts in counterparts for difference in drift({product: our_facts}, their_facts))


def our_side(pattern: str) -> str:
    """Return a pattern without the vendor's side."""
    return re.sub(r" in ours, \w[\w ]* in the vendor's$", " in ours, *", pattern)


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.patterns[0])
def test_patterns_match_possible_differences(reason: Reason) -> None:
    assert f"{reason.product}.yaml" in SPECS.documents
    ours = [our_side(pattern) for pattern in reason.patterns if not pattern.endswith(": only in the vendor's")]
    assert replace(reason, patterns=tuple(ours)).stale(possible_differences(reason.product)) == []


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.patterns[0])
def test_entries_have_one_sentence_and_a_source(reason: Reason) -> None:
    assert reason.text.endswith(".")
    assert ". " not in reason.text
    assert SOURCE.fullmatch(reason.source)


def test_patterns_are_unique() -> None:
    patterns = [(reason.product, pattern) for reason in REASONS for pattern in reason.patterns]
    assert len(set(patterns)) == len(patterns)


def test_entries_are_sorted_by_product() -> None:
    products = [reason.product for reason in REASONS]
    assert products == sorted(products)
