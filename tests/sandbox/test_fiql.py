"""Which rows match a filter: numbers, times and strings are compared as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_sandbox._fiql import FilterError, check_filter, compile_filter

ROW: dict[str, list[object]] = {
    "name": ["Ada, the first (countess)"],
    "code": ["007"],
    "count": [10],
    "rate": [2.5],
    "big": [1767225600000],
    "on": [True],
    "at": ["2026-01-01T00:00:00"],
    "until": ["2026-01-01T02:00:00+02:00"],
    "duration": ["300000"],
    "phones": ["+14085550100", "+14085550101"],
    "none": [],
}


def matches(text: str) -> bool:
    return compile_filter(text)(lambda field: ROW.get(field, []))


@pytest.mark.parametrize(
    "text",
    [
        "name=='Ada, the first (countess)'",
        "name==ada*",
        "name==*COUNTESS*",
        "name!=Ada",
        "name=in=(x,'Ada, the first (countess)')",
        "name=in=(x,*first*)",
        "name=out=(x,Ada)",
        "name=gt='Ada'",
        "code==007",
        "code!=7",
        "count==10",
        "count==10.0",
        "count=gt=9",
        "count>9.5",
        "count<=10",
        "count=in=(9,10)",
        "rate=lt=10",
        "big>=1767225600000",
        "on==true",
        "on==TRUE",
        "at==2026-01-01T00:00:00Z",
        "at=ge=2026-01-01T01:00:00+01:00",
        "at<2026-01-01T00:00:00.001Z",
        "until==2026-01-01T00:00:00Z",
        "until>2025-12-31T23:59:59Z",
        "duration=gt=40000",
        "duration=lt=1000000",
        "phones==+14085550101",
        "phones!=+14085550102",
        "none!=x",
        "none=out=(x)",
        "unheard.of!=x",
        "count==1,count==10;on==true",
        "(count==1,count==10);on==true",
    ],
)
def test_row_matches(text: str) -> None:
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "name==Ada",
        "code==7",
        "count==1*1",
        "count=gt=9x",
        "count<NaN",
        "count>1_0",
        "rate>10",
        "on==1",
        "at==2026-01-01T00:00:00+01:00",
        "at>yesterday",
        "until<2026-01-01T00:00:00Z",
        "at>2026-99-01T00:00:00Z",
        "phones!=+14085550101",
        "none==x",
        "none=gt=0",
        "none==*",
        "count==1,count==10;on==false",
        "(count==1,count==10);on==false",
    ],
)
def test_row_does_not_match(text: str) -> None:
    assert not matches(text)


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_integers_are_compared_as_numbers(left: int, right: int) -> None:
    def holds(operator: str) -> bool:
        return compile_filter(f"a{operator}{right}")(lambda _: [left])

    assert [holds(sign) for sign in ("==", "!=", ">", ">=", "<", "<=")] == [
        *(left == right, left != right, left > right, left >= right, left < right, left <= right)
    ]


def test_invalid_filter_raises() -> None:
    with pytest.raises(FilterError, match="cannot read the filter"):
        compile_filter("name==")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("name==x", []),
        ("name==x;name>=y", ["one comparison alone is taken"]),
        ("name=ge=x", []),
        ("name<x", ["there is no operator =lt="]),
        ("nam==x", ["there is no field nam"]),
        ("name=", []),  # reported where it is used
    ],
)
def test_filter_is_checked_against_the_spec(text: str, problems: list[str]) -> None:
    spec = {"operators": ["==", ">="], "fields": ["name"], "alone": True}
    assert list(check_filter(text, spec)) == problems
