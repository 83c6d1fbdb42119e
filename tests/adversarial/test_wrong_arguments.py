"""Arguments of wrong types and values raise the SDK's errors, which name the argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

import xcaas

NUMBERS: Final[tuple[object, ...]] = (
    None, True, -1, 10**400, 10**5000, float("nan"), -float("inf"), "", "1", b"1", [], {}, Decimal("1"), Decimal("sNaN"),
    complex(1, 1), object(), int,
)  # fmt: skip
PATHS: Final[tuple[object, ...]] = (None, True, 7, b"bytes", "\0", "a\0b", "\ud800", [], {}, object(), Path, lambda: 1)
TEXTS: Final[tuple[object, ...]] = (
    True,
    7,
    b"redis://",
    "",
    "\ud800",
    "http://a-secret@host",
    "redis://a-secret@h:x",
    [],
)
TOKEN_POLICY_FIELDS: Final = tuple(xcaas.TokenPolicy.__dataclass_fields__)

Factory = Callable[..., object]


def type_name(value: object) -> str:
    return type(value).__name__


def check_refused(make: Factory, name: str, invalid: object, **valid: Any) -> None:
    with pytest.raises((xcaas.ConfigurationError, xcaas.ArgumentError), match=rf"^(the )?{name}") as caught:
        make(**{**valid, name: invalid})
    assert caught.value.__cause__ is None
    assert "a-secret" not in str(caught.value)


@pytest.mark.parametrize("invalid", NUMBERS, ids=type_name)
@pytest.mark.parametrize(
    ("make", "names", "valid"),
    [
        (xcaas.TokenPolicy, TOKEN_POLICY_FIELDS, {}),
        (xcaas.RateLimit, ("calls", "per"), {"calls": 1, "per": 1}),
        (xcaas.RetryPolicy, ("retries", "first_wait", "longest_wait", "longest_asked"), {}),
        (xcaas.Timeout, ("total", "connect", "read"), {}),
    ],
)
def test_invalid_numbers_raise_and_are_named(
    make: Factory, names: tuple[str, ...], valid: Mapping[str, object], invalid: object
) -> None:
    for name in names:
        if not (make is xcaas.Timeout and invalid is None):
            check_refused(make, name, invalid, **valid)


@pytest.mark.parametrize("invalid", [None, 5, "500", [5, "500"], {b"500"}])
def test_invalid_statuses_raise(invalid: object) -> None:
    check_refused(xcaas.RetryPolicy, "statuses", invalid)


@pytest.mark.parametrize("invalid", PATHS)
def test_invalid_paths_raise_and_write_nothing(invalid: object, tmp_path: Path) -> None:
    check_refused(xcaas.unzip, "path", invalid, into=tmp_path)
    check_refused(xcaas.unzip, "into", invalid, path=tmp_path / "a.zip")
    check_refused(xcaas.download_all, "into", invalid, downloads=[])
    if invalid is not None:
        check_refused(xcaas.FileTokenCache, "folder", invalid)
        check_refused(xcaas.credentials_from_profile, "file", invalid)
    assert list(tmp_path.iterdir()) == []


def test_folders_in_place_of_files_and_vice_versa_raise(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        xcaas.unzip(tmp_path, tmp_path)
    with pytest.raises(xcaas.CredentialsError, match=r"no file|directory"):
        xcaas.credentials_from_profile(file=tmp_path)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(xcaas.DownloadError, match="cannot be made: File exists"):
        xcaas.download_all([], file)


@pytest.mark.parametrize("invalid", [None, 5, True, object()])
def test_invalid_downloads_raise(invalid: object, tmp_path: Path) -> None:
    check_refused(xcaas.download_all, "downloads", invalid, into=tmp_path / "never made")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "invalid", [5, "text", [None], [{"key": "a"}], {"key": "a"}, [("a", 1)], [SimpleNamespace(key="a")]]
)
def test_invalid_pairs_raise(invalid: Any) -> None:
    check_refused(xcaas.by_key, "pairs", invalid)
    assert xcaas.by_key(None) == {}


@pytest.mark.parametrize("invalid", TEXTS)
def test_invalid_redis_arguments_raise(invalid: Any) -> None:
    check_refused(xcaas.RedisTokenCache, "client", invalid)
    if not isinstance(invalid, str):
        check_refused(xcaas.RedisTokenCache, "prefix", invalid, client="redis://127.0.0.1")


def test_text_that_cannot_be_encoded_raises() -> None:
    with xcaas.XCaaS(
        base_url="http://127.0.0.1:9", credentials=xcaas.BearerToken("a-token-of-mine"), tenant="acme"
    ) as client:
        with pytest.raises(xcaas.ArgumentError, match=r"^content: "):
            client.request("POST", "/x", product="storage", content="\ud800")
        for query in ({"\ud800": 1}, {"a": "\ud800"}, {"a": ["b", "\udfff"]}):
            with pytest.raises(xcaas.ArgumentError, match="query: "):
                client.storage.objects.with_options(query=query).get("1")
        with pytest.raises(xcaas.ConfigurationError, match=r"^timeout must be a positive number"):
            client.with_options(timeout=10**400)


@pytest.mark.parametrize("page", [float("inf"), -float("inf"), float("nan"), "one", object()])
def test_invalid_page_numbers_raise(page: object) -> None:
    with xcaas.XCaaS(base_url="http://127.0.0.1:9", credentials=xcaas.BearerToken("a-token-of-mine")) as client:
        listing: Any = client.administration.sites.list
        with pytest.raises(xcaas.ArgumentError, match="a page is a whole number"):
            list(listing(page_number=page))


def test_recursive_and_deeply_nested_values_raise() -> None:
    body: dict[str, object] = {}
    body["variant"] = body
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with xcaas.XCaaS(base_url="http://127.0.0.1:9", credentials=xcaas.BearerToken("a-token-of-mine")) as client:
        users: Any = client.administration.users
        for invalid in (body, {"unknown": deep}):
            with pytest.raises(xcaas.ArgumentError, match=r"user: the value is nested too deeply, or holds itself"):
                users.create(user=invalid)
        objects: Any = client.storage.objects
        with pytest.raises(
            xcaas.ArgumentError, match=r"^object_id \(objectId\): the value is nested too deeply, or holds itself"
        ):
            objects.get(deep)
