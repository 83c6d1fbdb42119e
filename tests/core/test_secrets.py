"""Secret values and their names."""

from __future__ import annotations

import copy

import pytest

from xcaas_core import Secret
from xcaas_core._secrets import MaskedBytes, bearer
from xcaas_core._store import store_digest


def test_masked_values_are_masked_in_repr() -> None:
    header, payload = bearer("abc"), MaskedBytes(b"abc")
    assert header == "Bearer abc"
    assert payload == b"abc"
    assert (repr(header), repr(payload), str(payload)) == ("'***'", "b'***'", "b'***'")
    assert copy.copy(header) is header
    assert copy.deepcopy({"authorization": header}) == {"authorization": "Bearer abc"}
    with pytest.raises(TypeError, match="not pickled"):
        header.__reduce__()


def test_store_digest_is_stable_and_differs_by_secret_and_owner() -> None:
    first = store_digest("id", Secret("0"))
    assert store_digest("id", Secret("0")) == first
    assert len({first, store_digest("id", Secret("1")), store_digest("other", Secret("0"))}) == 3
