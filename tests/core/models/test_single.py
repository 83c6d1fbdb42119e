"""`OneOrList`: a value that a service sends either bare or as the only element of a list."""

from __future__ import annotations

import pytest

from xcaas_core import DecodeError
from xcaas_core.models import resolve


@pytest.mark.parametrize("sent", [7, [7]])
def test_both_forms_are_decoded(sent: object) -> None:
    assert resolve("Annotated[int, OneOrList]", "nowhere").decode(sent) == 7


@pytest.mark.parametrize("sent", [[], [1, 2], ["a"], "a"])
def test_other_values_raise_decode_error(sent: object) -> None:
    with pytest.raises(DecodeError):
        resolve("Annotated[int, OneOrList]", "nowhere").decode(sent)


def test_the_value_is_encoded_without_a_list() -> None:
    assert resolve("Annotated[int, OneOrList]", "nowhere").encode(7) == 7


def test_members_of_unions_may_be_one_or_list() -> None:
    codec = resolve("Annotated[int, OneOrList] | str", "nowhere")
    assert [codec.decode(value) for value in ([7], 7, "a")] == [7, 7, "a"]


@pytest.mark.parametrize(
    ("inner", "sent"), [("Annotated[_dt.datetime, Format('epoch-seconds')]", 0), ("Annotated[int | str, AnyOf]", "a")]
)
def test_one_or_list_combines_with_other_markers(inner: str, sent: object) -> None:
    codec = resolve(f"Annotated[{inner}, OneOrList]", "nowhere")
    assert codec.decode([sent]) == codec.decode(sent)
