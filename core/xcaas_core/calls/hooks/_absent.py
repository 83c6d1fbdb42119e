"""Stands in for this package in vendored copies made without hooks."""

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
    """Raise `ConfigurationError` instead of ignoring hooks."""
    if hooks:
        raise ConfigurationError(
            "this copy calls no hooks", advice="Make it again with: xcaas-gen vendor … --with Hook"
        )


class CallHooks:
    """Never created in such a copy."""

    can_respond = has_begun = False

    def __init__(self, *args: object) -> None:
        raise NotImplementedError

    def before_attempt(self, *args: object) -> Mapping[str, str]:
        raise NotImplementedError

    def stubbed_response(self) -> Response | None:
        raise NotImplementedError

    def replaced_response(self, *args: object) -> Response:
        raise NotImplementedError

    def with_token_hooks(self, flow: Flow[T]) -> Flow[T]:
        raise NotImplementedError

    def after_attempt(self, *args: object) -> None:
        raise NotImplementedError
