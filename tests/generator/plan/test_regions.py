"""Regions of products."""

from __future__ import annotations

import pytest

from xcaas_generator import ir
from xcaas_generator.plan.regions import region_table, regions_of
from xcaas_generator.source import SourceLocation

PLACE = SourceLocation("x.yaml", "")


def regions(*variables: ir.Variable) -> tuple[str, ...] | None:
    servers = tuple(ir.Server("https://{region}.example.com", (variable,)) for variable in variables)
    return regions_of(ir.Document("x", "X", "1", PLACE, servers=servers))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ([], None),
        ([ir.Variable("stage", "prod", ("prod", "test"))], None),
        ([ir.Variable("region", "us", ("us", "eu"))], ("eu", "us")),
        (
            [ir.Variable("host", "api", ("api", "api-eu"), names=(("us", "api"), ("eu", "api-eu")), source="region")],
            ("eu", "us"),
        ),
        ([ir.Variable("region", "us", ("us", "eu")), ir.Variable("region", "us", ("us", "ap"))], ("ap", "eu", "us")),
        ([ir.Variable("region", "us", ("us", "eu")), ir.Variable("region", "us")], ()),
    ],
)
def test_regions_are_those_of_all_servers(variables: list[ir.Variable], expected: tuple[str, ...] | None) -> None:
    assert regions(*variables) == expected


def test_the_table_contains_products_with_regions() -> None:
    assert region_table({"b": ("us",), "a": (), "c": None}) == '(("a", ()), ("b", ("us",)))'
    assert region_table({"c": None}) is None
