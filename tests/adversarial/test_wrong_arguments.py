"""Whatever is given in place of what an argument is for: an error of the SDK's own, which names the argument."""

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
TOKENS: Final = tuple(xcaas.TokenPolicy.__dataclass_fields__)

Making = Callable[..., object]


def kind(value: object) -> str:
    return type(value).__name__


def refused(make: Making, name: str, wrong: object, **right: Any) -> None:
    with pytest.raises((xcaas.ConfigurationError, xcaas.ArgumentError), match=rf"^(the )?{name}") as caught:
        make(**{**right, name: wrong})
    assert caught.value.__cause__ is None
    assert "a-secret" not in str(caught.value)


@pytest.mark.parametrize("wrong", NUMBERS, ids=kind)
@pytest.mark.parametrize(
    ("make", "names", "right"),
    [
        (xcaas.TokenPolicy, TOKENS, {}),
        (xcaas.RateLimit, ("calls", "per"), {"calls": 1, "per": 1}),
        (xcaas.RetryPolicy, ("retries", "first_wait", "longest_wait", "longest_asked"), {}),
        (xcaas.Timeout, ("total", "connect", "read"), {}),
    ],
)
def test_numbers(make: Making, names: tuple[str, ...], right: Mapping[str, object], wrong: object) -> None:
    for name in names:
        if not (make is xcaas.Timeout and wrong is None):
            refused(make, name, wrong, **right)


@pytest.mark.parametrize("wrong", [None, 5, "500", [5, "500"], {b"500"}])
def test_statuses(wrong: object) -> None:
    refused(xcaas.RetryPolicy, "statuses", wrong)


@pytest.mark.parametrize("wrong", PATHS)
def test_paths(wrong: object, tmp_path: Path) -> None:
    refused(xcaas.unzip, "path", wrong, into=tmp_path)
    refused(xcaas.unzip, "into", wrong, path=tmp_path / "a.zip")
    refused(xcaas.download_all, "into", wrong, downloads=[])
    if wrong is not None:
        refused(xcaas.FileTokenCache, "folder", wrong)
        refused(xcaas.credentials_from_profile, "file", wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_place_of_a_file_and_the_other_way(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        xcaas.unzip(tmp_path, tmp_path)
    with pytest.raises(xcaas.CredentialsError, match=r"no file|directory"):
        xcaas.credentials_from_profile(file=tmp_path)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(xcaas.DownloadError, match="cannot be made: File exists"):
        xcaas.download_all([], file)


@pytest.mark.parametrize("wrong", [None, 5, True, object()])
def test_downloads_that_are_no_list(wrong: object, tmp_path: Path) -> None:
    refused(xcaas.download_all, "downloads", wrong, into=tmp_path / "never made")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [5, "text", [None], [{"key": "a"}], {"key": "a"}, [("a", 1)], [SimpleNamespace(key="a")]]
)
def test_pairs_that_are_none(wrong: Any) -> None:
    refused(xcaas.by_key, "pairs", wrong)
    assert xcaas.by_key(None) == {}


@pytest.mark.parametrize("wrong", TEXTS)
def test_redis(wrong: Any) -> None:
    refused(xcaas.RedisTokenCache, "client", wrong)
    if not isinstance(wrong, str):
        refused(xcaas.RedisTokenCache, "prefix", wrong, client="redis://127.0.0.1")


def test_text_that_no_bytes_stand_for() -> None:
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
def test_pages(page: object) -> None:
    with xcaas.XCaaS(base_url="http://127.0.0.1:9", credentials=xcaas.BearerToken("a-token-of-mine")) as client:
        listing: Any = client.administration.sites.list
        with pytest.raises(xcaas.ArgumentError, match="a page is a whole number"):
            list(listing(page_number=page))


def test_values_that_hold_themselves_and_deep_ones() -> None:
    body: dict[str, object] = {}
    body["variant"] = body
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with xcaas.XCaaS(base_url="http://127.0.0.1:9", credentials=xcaas.BearerToken("a-token-of-mine")) as client:
        users: Any = client.administration.users
        for wrong in (body, {"unknown": deep}):
            with pytest.raises(xcaas.ArgumentError, match=r"user: the value is nested too deeply, or holds itself"):
                users.create(user=wrong)
        objects: Any = client.storage.objects
        with pytest.raises(
            xcaas.ArgumentError, match=r"^object_id \(objectId\): the value is nested too deeply, or holds itself"
        ):
            objects.get(deep)
