"""Credentials made from nothing: a variable that was not set, a setting that was not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xcaas_core import ApiKey, BasicToken, ClientCredentials, ConfigurationError, WorkAnalyticsLogin

NOTHING: list[Any] = [None, "", " ", 7]


@pytest.mark.parametrize("value", NOTHING)
def test_each_part_is_asked_for_by_name(value: Any) -> None:
    makers: dict[str, Callable[[], object]] = {
        "client_id": lambda: ClientCredentials(value, "secret"),
        "client_secret": lambda: ClientCredentials("id", value),
        "key": lambda: ApiKey(value),
        "tenant": lambda: BasicToken(value, "token"),
        "username": lambda: WorkAnalyticsLogin("key", value, "password"),
    }
    for part, make in makers.items():
        with pytest.raises(ConfigurationError, match=f"^{part} "):
            make()


def test_numbers_that_json_cannot_hold_are_refused() -> None:
    from xcaas_core._json import dumps

    for odd in (float("nan"), [None, float("inf")], {"a": {"b": float("-inf")}}):
        with pytest.raises(ValueError, match=r"JSON"):
            dumps(odd)
    assert dumps({"a": None}) == b'{"a":null}'
