"""Lifetimes and windows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core import TokenPolicy

POLICY = TokenPolicy()


# CREDENTIALS 10
@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        ("1799", 1799),
        (" 1799 ", 1799),
        ("1799.5", 1799.5),
        (1800, 1800),
        (1800.25, 1800.25),
        (None, POLICY.default_life),
        ("", POLICY.default_life),
        ("soon", POLICY.default_life),
        ("NaN", POLICY.default_life),
        (math.nan, POLICY.default_life),
        (True, POLICY.default_life),
        ([1800], POLICY.default_life),
        (0, 0),
        ("0", 0),
        (-5, 0),
        ("-1", 0),
        (-math.inf, 0),
        (10**12, POLICY.longest_life),
        ("1e400", POLICY.longest_life),
        (math.inf, POLICY.longest_life),
        (10**400, POLICY.longest_life),
    ],
)
def test_lifetime_is_read_from_expires_in(expires_in: object, life: float) -> None:
    assert POLICY.life(expires_in) == life


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans()))
def test_lifetime_is_always_within_limits(expires_in: object) -> None:
    assert 0 <= POLICY.life(expires_in) <= POLICY.longest_life


@given(st.floats(0.001, 86400))
def test_windows_scale_with_the_life_of_a_token(life: float) -> None:
    advisory, mandatory = POLICY.windows(life)
    assert 0 < mandatory <= advisory <= life * POLICY.advisory_share
    assert advisory <= POLICY.advisory
    assert mandatory <= POLICY.mandatory


def test_windows_of_a_usual_token_are_the_configured_ones() -> None:
    assert POLICY.windows(86400) == (300, 30)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_to_a_limit_and_are_never_zero(failures: int, random: float) -> None:
    pause = POLICY.pause(failures, random)
    assert POLICY.backoff / 2 <= pause <= POLICY.longest_backoff


def test_pauses_differ_between_callers() -> None:
    assert POLICY.pause(3, 0.1) != POLICY.pause(3, 0.9)


@pytest.mark.parametrize(
    "options", [{"attempts": 0}, {"advisory_share": 1.0}, {"mandatory_share": 0.0}, {"mandatory_share": 0.5}]
)
def test_invalid_policies_raise(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"attempts|shares"):
        TokenPolicy(**options)  # type: ignore[arg-type]
