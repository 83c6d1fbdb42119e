"""Lists, jobs and files with impossible numbers, links and nesting give a value or a typed error."""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.example_api import _ops
from tests.support.file_origin import DATA, MD5, Origin, described, download, names, serving
from tests.support.sessions import sync_session
from xcaas_core._errors import ArgumentError, DecodeError, PagingError, PollerError, PollerTimeoutError
from xcaas_core.operations._operation import Call
from xcaas_core.paging._pager import Pager
from xcaas_core.polling._poller import Poller
from xcaas_core.testing import FakeServer

JSON = {"content-type": "application/json"}


def job_server(**response: Any) -> FakeServer:
    server = FakeServer(check=False).respond("shop.jobs.run", status=202, json={"id": "j", "status": "S"})
    return server.respond("shop.jobs.status", **response)


@pytest.mark.parametrize("total", ["1e999", "NaN", "-Infinity"])
def test_impossible_totals_raise_paging_error(total: str) -> None:
    body = f'{{"data": [{{"id": 1}}], "hits": {total}}}'.encode()
    server = FakeServer(check=False).respond("shop.rows.search", content=body, headers=JSON)
    with pytest.raises(PagingError, match="the same page"):
        list(Pager[object](sync_session(server), Call(_ops.SEARCH, (), {"text": "x"})))


def test_a_very_large_cursor_is_sent_back_unchanged() -> None:
    server = FakeServer(check=False).respond(
        "shop.rows.scroll", json={"data": [{"id": 1}], "more": True, "next": 10**400}
    )
    with pytest.raises(PagingError, match="the same page"):
        list(Pager[object](sync_session(server), Call(_ops.SCROLL)))
    assert server.requests[1].query == {"scrollId": [str(10**400)]}


def test_an_invalid_next_link_raises_paging_error() -> None:
    server = FakeServer(check=False).respond(
        "GET /shop/v1/linked", json=[{"id": 0}], headers={"Link": '<https://[x>; rel="next"'}
    )
    with pytest.raises(PagingError, match="not an address") as caught:
        list(Pager[object](sync_session(server), Call(_ops.LINKED, ("x",))))
    assert caught.value.operation == "shop.rows.linked"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, *(f'[1,"shop.rows.list",{key},0,0,0]' for key in ('"abc"', "null", "[]", "-1"))]
)
def test_forged_resume_tokens_raise_argument_error(text: str) -> None:
    pager = Pager[object](sync_session(FakeServer()), Call(_ops.LIST))
    with pytest.raises(ArgumentError, match="not a resume token"):
        pager.resume(base64.urlsafe_b64encode(text.encode()).decode())


@pytest.mark.parametrize("wait", ["9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_of_years_does_not_exceed_the_timeout(wait: str) -> None:
    server = job_server(json={"status": "UNHEARD_OF", "id": "j"}, headers={"retry-after": wait})
    with pytest.raises(PollerTimeoutError, match="UNHEARD_OF after 50 s"):
        Poller[object](sync_session(server), Call(_ops.RUN, ("t1",))).wait(50)
    assert sum(server.clock.slept) == 50


def test_a_too_large_timeout_raises_argument_error() -> None:
    with pytest.raises(ArgumentError, match=r"^timeout: must be a number of seconds"):
        Poller[object](sync_session(job_server(json={})), Call(_ops.RUN, ("t1",))).wait(10**400)


@pytest.mark.parametrize(
    "description",
    [{"size": "9" * 5000}, {"size": -4}, {"checksum": f"{MD5}-{'9' * 5000}"}, {"checksum": f"{MD5}-{'9' * 9}"}],
)
def test_impossible_sizes_and_checksums_are_ignored(tmp_path: Path, description: dict[str, object]) -> None:
    assert download(described(Origin(), **description), _ops.FILE).save(tmp_path / "a").read_bytes() == DATA


# Some JSON parsers accept more levels than Python's recursion limit.
DEEP = b"[" * 1000 + b"]" * 1000


def test_a_deeply_nested_page_gives_a_value_or_a_decode_error() -> None:
    server = FakeServer(check=False).respond(
        "shop.rows.scroll", content=b'{"data": [%s], "more": false}' % DEEP, headers=JSON
    )
    with suppress(DecodeError):
        list(Pager[object](sync_session(server), Call(_ops.SCROLL)))


def test_a_deeply_nested_state_raises_a_typed_error() -> None:
    server = job_server(content=b'{"status": %s, "id": "j"}' % DEEP, headers=JSON)
    with pytest.raises((DecodeError, PollerTimeoutError)):
        Poller[object](sync_session(server), Call(_ops.RUN, ("t1",))).wait(50)


def test_a_deeply_nested_reason_raises_a_typed_error() -> None:
    server = job_server(content=b'{"status": "FAILED", "message": %s, "id": "j"}' % DEEP, headers=JSON)
    with pytest.raises((DecodeError, PollerError)):
        Poller[object](sync_session(server), Call(_ops.RUN, ("t1",))).wait(50)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("name", ["\udcff", "\udcff" * 200 + ".wav"])
def test_file_names_in_no_encoding_are_kept(tmp_path: Path, resume: bool, name: str) -> None:
    assert download(serving(Origin())).save(tmp_path / name, resume=resume).read_bytes() == DATA
    assert names(tmp_path) == [name]
