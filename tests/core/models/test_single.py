"""`X!`: one thing that a service now sends as it is, now as the only element of a list."""

from __future__ import annotations

import pytest

from xcaas_core import DecodeError
from xcaas_core.models import resolve


@pytest.mark.parametrize("sent", [7, [7]])
def test_both_forms_give_the_thing(sent: object) -> None:
    assert resolve("Annotated[int, OneOrList]", "nowhere").decode(sent) == 7


@pytest.mark.parametrize("sent", [[], [1, 2], ["a"], "a"])
def test_anything_else_is_a_typed_error(sent: object) -> None:
    with pytest.raises(DecodeError):
        resolve("Annotated[int, OneOrList]", "nowhere").decode(sent)


def test_it_is_written_as_it_is() -> None:
    assert resolve("Annotated[int, OneOrList]", "nowhere").encode(7) == 7


def test_a_union_sees_through_it() -> None:
    codec = resolve("Annotated[int, OneOrList] | str", "nowhere")
    assert [codec.decode(value) for value in ([7], 7, "a")] == [7, 7, "a"]


@pytest.mark.parametrize(
    ("inner", "sent"), [("Annotated[_dt.datetime, Format('epoch-seconds')]", 0), ("Annotated[int | str, AnyOf]", "a")]
)
def test_what_has_a_mark_of_its_own_comes_in_both_forms(inner: str, sent: object) -> None:
    codec = resolve(f"Annotated[{inner}, OneOrList]", "nowhere")
    assert codec.decode([sent]) == codec.decode(sent)
