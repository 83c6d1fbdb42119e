"""Values that must not be shown."""

from __future__ import annotations

import copy

import pytest

from xcaas_core import Secret
from xcaas_core._secrets import MaskedBytes, bearer
from xcaas_core._store import store_digest


def test_masked_values_are_themselves_when_used_and_masked_when_shown() -> None:
    header, payload = bearer("abc"), MaskedBytes(b"abc")
    assert header == "Bearer abc"
    assert payload == b"abc"
    assert (repr(header), repr(payload), str(payload)) == ("'***'", "b'***'", "b'***'")
    assert copy.copy(header) is header
    assert copy.deepcopy({"authorization": header}) == {"authorization": "Bearer abc"}
    with pytest.raises(TypeError, match="not pickled"):
        header.__reduce__()


def test_names_of_secrets_are_the_same_each_time_and_differ_with_secret_and_owner() -> None:
    first = store_digest("id", Secret("0"))
    assert store_digest("id", Secret("0")) == first
    assert len({first, store_digest("id", Secret("1")), store_digest("other", Secret("0"))}) == 3
