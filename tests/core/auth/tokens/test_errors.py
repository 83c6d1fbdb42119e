"""Failures of token requests as data."""

from __future__ import annotations

from xcaas_core.auth.tokens._errors import Failure


def test_failure_message_has_the_number_of_attempts() -> None:
    failure = Failure(kind="refused", message="no")
    assert failure.with_attempts(1) is failure
    assert failure.with_attempts(3).message == "no (3 attempts)"
    assert Failure(kind="secret", message="no").name == "SecretUnavailableError"
