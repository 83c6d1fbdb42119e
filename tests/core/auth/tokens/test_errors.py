"""Why no token could be had, as data."""

from __future__ import annotations

from xcaas_core.auth.tokens._errors import Failure


def test_failures_say_how_often_was_tried() -> None:
    failure = Failure(kind="refused", message="no")
    assert failure.final(1) is failure
    assert failure.final(3).message == "no (3 attempts)"
    assert Failure(kind="secret", message="no").name == "SecretUnavailableError"
