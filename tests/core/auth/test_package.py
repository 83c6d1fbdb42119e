"""The package `auth`: public names."""

from __future__ import annotations

import pytest

import xcaas_core.auth


def test_public_names() -> None:
    assert list(xcaas_core.auth.__all__) == sorted(xcaas_core.auth.__all__)
    for name in xcaas_core.auth.__all__:
        assert hasattr(xcaas_core.auth, name)
    assert set(xcaas_core.auth.__all__) <= set(dir(xcaas_core.auth))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = xcaas_core.auth.nothing  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
