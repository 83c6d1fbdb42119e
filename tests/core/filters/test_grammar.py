"""Parsing and rendering of filters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xcaas
from xcaas_core.filters import AllOf, AnyOf, Comparison, Node, parse
from xcaas_core.filters._render import PLAIN, render
from xcaas_core.filters._tree import OPERATORS, joined
from xcaas_core.operations._parameter import FilterSpec


def equal(field: str, *values: str, operator: str = "==") -> Comparison:
    return Comparison(field, operator, values)


A, B, C = equal("a", "1"), equal("b", "2"), equal("c", "3")

PARSED: dict[str, Node] = {
    "a==1": A,
    "a==1;b==2": AllOf((A, B)),
    "a==1,b==2": AnyOf((A, B)),
    "a==1;b==2,c==3": AnyOf((AllOf((A, B)), C)),
    "a==1,b==2;c==3": AnyOf((A, AllOf((B, C)))),
    "(a==1,b==2);c==3": AllOf((AnyOf((A, B)), C)),
    "name==O'Brien": equal("name", "O'Brien"),
    "name=='a,b'": equal("name", "a,b"),
    'name=="O\'Brien, (Ada)"': equal("name", "O'Brien, (Ada)"),
    r"name=='both \' and \"'": equal("name", "both ' and \""),
    r"name=='a\\;b'": equal("name", "a\\;b"),
    r"path==C:\temp": equal("path", r"C:\temp"),
    "name==''": equal("name", ""),
    "name=='Office *'": equal("name", "Office *"),
    "id=in=(a,'b,c',d)": equal("id", "a", "b,c", "d", operator="=in="),
    "id=out=(a)": equal("id", "a", operator="=out="),
    "basicInfo.status!=ACTIVE": equal("basicInfo.status", "ACTIVE", operator="!="),
    "createdTime=ge=1767225600000": equal("createdTime", "1767225600000", operator="=ge="),
    "media-processed==true": equal("media-processed", "true"),
}
# Quotes only if needed, the kind that the value lacks, without redundant escapes.
RENDERED = {"name==O'Brien": 'name=="O\'Brien"', r"name=='both \' and \"'": r"""name=='both \' and "'"""}
OTHER_SPELLINGS: dict[str, Node] = {
    "(a==1)": A,
    "((a==1);b==2)": AllOf((A, B)),
    "a==1;(b==2;c==3)": AllOf((A, B, C)),
    " a == 1 ; b == 2 ": AllOf((A, B)),
    "name==Queue 10*;a==1": AllOf((equal("name", "Queue 10*"), A)),
    "a>1": equal("a", "1", operator="=gt="),
    "a>=1": equal("a", "1", operator="=ge="),
    "a<1": equal("a", "1", operator="=lt="),
    "a<=1": equal("a", "1", operator="=le="),
    'name=="x"': equal("name", "x"),
    "a==1 and b==2": AllOf((A, B)),
    "a==1 or b==2 and c==3": AnyOf((A, AllOf((B, C)))),
    "(a==1 OR b==2)  And\t(c==3)": AllOf((AnyOf((A, B)), C)),
    "a=='1' and(b=='2');c==3": AllOf((A, B, C)),
    "id=in=(a) or a==1": AnyOf((equal("id", "a", operator="=in="), A)),
    "a==and": equal("a", "and"),
    "or==1": equal("or", "1"),
    "name==Oregon android": equal("name", "Oregon android"),
    "name=='this and that'": equal("name", "this and that"),
    "id=in=( a , b )": equal("id", "a", "b", operator="=in="),
}


@pytest.mark.parametrize("text", [*PARSED, *OTHER_SPELLINGS])
def test_text_is_parsed(text: str) -> None:
    assert parse(text) == (PARSED | OTHER_SPELLINGS)[text]


@pytest.mark.parametrize("text", PARSED)
def test_trees_are_rendered(text: str) -> None:
    assert render(PARSED[text], PLAIN) == RENDERED.get(text, text)


BROKEN = {
    "": "at its end: the name of a field is missing",
    "type": "at its end: type needs an operator and a value",
    "type=": "from '=' on: type needs an operator",
    "type==": "at its end: a value is missing",
    "type==a;": "at its end: the name of a field is missing",
    "(type==a": "at its end: a bracket is not closed",
    "type==a)": "from ')' on",
    "type==a b==c,": "at its end",
    "type=='a": 'from "\'a" on: a quote is not closed',
    "type=='a'b": "from 'b' on",
    "type=like=a": "from '=like=a' on: there is no operator =like=",
    "type=in=a": "from 'a' on: =in= needs values in brackets",
    "type=in=()": "from ')' on: a value is missing",
    "type=in=(a": "a bracket is not closed",
    "!type==a": "from '!type==a' on",
    "name==Tom and Jerry": "Jerry needs an operator and a value. A value that has the word `and` or `or` in it stands in quotes",
    "name==Tom or": "at its end: the name of a field is missing. A value that has the word",
    "name=in=(Tom and Jerry,x)": "from 'and Jerry,x)' on: a bracket is not closed. A value that has the word",
    "type===a": "from '=a' on: a value is missing",
}


@pytest.mark.parametrize("text", BROKEN)
def test_invalid_filters_raise_with_the_position(text: str) -> None:
    with pytest.raises(xcaas.ArgumentError, match="cannot read the filter") as caught:
        parse(text)
    assert BROKEN[text] in str(caught.value)


def test_too_deeply_nested_filters_are_rejected() -> None:
    assert parse("(" * 50 + "a==1" + ")" * 50) == A
    assert parse("a=='" + "(" * 80 + "'") == equal("a", "(" * 80)
    with pytest.raises(xcaas.ArgumentError, match="nested deeper than 50"):
        parse("(" * 51 + "a==1" + ")" * 51)
    with pytest.raises(xcaas.ArgumentError, match="nested deeper than 50"):
        parse("(" * 100_000)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\()*,;=<>! "), max_size=12)
FIELDS = st.from_regex(r"[A-Za-z][\w.:-]{0,8}", fullmatch=True)
COMPARISONS = st.builds(
    Comparison, FIELDS, st.sampled_from(OPERATORS[:6]), st.tuples(TEXTS)
) | st.builds(
    Comparison, FIELDS, st.sampled_from(OPERATORS[6:]), st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
)  # fmt: skip
TREES: st.SearchStrategy[Node] = st.recursive(
    COMPARISONS,
    lambda nodes: st.builds(joined, st.sampled_from([AllOf, AnyOf]), st.lists(nodes, min_size=1, max_size=3)),
    max_leaves=8,
)


@given(TREES)
def test_trees_round_trip(tree: Node) -> None:
    text = render(tree, PLAIN)
    assert parse(text) == tree
    assert render(parse(text), PLAIN) == text


@given(TREES)
def test_trees_round_trip_with_symbols(tree: Node) -> None:
    symbols = FilterSpec(("==", "!=", ">", ">=", "<", "<=", "=in=", "=out="))
    assert parse(render(tree, symbols)) == tree


@given(st.lists(st.sampled_from([*"ab=!<>()'\"\\;,* in", " and ", " or "]), max_size=30).map("".join))
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    try:
        tree = parse(text)
    except xcaas.ArgumentError:
        return
    assert parse(render(tree, PLAIN)) == tree


def test_long_filters_are_parsed() -> None:
    text = ",".join(f"id=='{number}'" for number in range(5_000))
    tree = parse(text)
    assert isinstance(tree, AnyOf)
    assert len(tree.members) == 5_000
    assert render(tree, PLAIN) == text.replace("'", "")
