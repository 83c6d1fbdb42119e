"""Calls without hooks: this package in a vendored copy that nobody asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from ..._errors import ConfigurationError
from ...sansio._messages import Response
from ...sansio._steps import Flow

__all__ = ["CallHooks", "Hook", "check_hooks"]

Hook: TypeAlias = object

T = TypeVar("T")


def check_hooks(hooks: object) -> None:
    """Refuse hooks: what they are for must not be left out in silence."""
    if hooks:
        raise ConfigurationError(
            "this copy calls no hooks", advice="Make it again with: xcaas-gen vendor … --with Hook"
        )


class CallHooks:
    """What no client of this copy makes."""

    respond = announced = False

    def __init__(self, *facts: object) -> None:
        raise NotImplementedError

    def begin(self, *facts: object) -> Mapping[str, str]:
        raise NotImplementedError

    def given(self) -> Response | None:
        raise NotImplementedError

    def received(self, *facts: object) -> Response:
        raise NotImplementedError

    def with_tokens(self, flow: Flow[T]) -> Flow[T]:
        raise NotImplementedError

    def end(self, *facts: object) -> None:
        raise NotImplementedError
