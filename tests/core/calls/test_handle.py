"""Pagers, pollers and downloads stay with their client: copied they may be, pickled not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import copy, deepcopy

import pytest

from tests.support.example_api import _ops
from tests.support.sessions import async_session, sync_session
from xcaas_core._errors import ConfigurationError
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.operations._operation import Call
from xcaas_core.paging._pager import AsyncPager, Pager
from xcaas_core.polling._poller import AsyncPoller, Poller
from xcaas_core.testing import FakeServer

SERVER = FakeServer().respond("shop.rows.list", json=[{"id": 7}], headers={"X-Total-Pages": "1"})
HANDLES: list[tuple[object, str]] = [
    (Pager[object](sync_session(SERVER), Call(_ops.LIST, ())), "`resume_token`"),
    (AsyncPager[object](async_session(SERVER), Call(_ops.LIST, ())), "`resume_token`"),
    (Poller[object].resume(sync_session(SERVER), Call(_ops.START, ("t1",)), "j1"), "`shop.jobs.resume_pack('j1')`"),
    (AsyncPoller[object](async_session(SERVER), Call(_ops.RUN, ("t1",))), "`id`"),
    (Download(sync_session(SERVER), Call(_ops.FETCH, ("t1", "j1"))), "arguments"),
    (AsyncDownload(async_session(SERVER), Call(_ops.FETCH, ("t1", "j1"))), "arguments"),
]


@pytest.mark.parametrize("travel", [pickle.dumps, deepcopy])
@pytest.mark.parametrize(("handle", "instead"), HANDLES)
def test_another_process_gets_an_error_that_says_what_to_send(
    handle: object, instead: str, travel: Callable[[object], object]
) -> None:
    with pytest.raises(ConfigurationError, match="cannot be pickled") as caught:
        travel(handle)
    assert type(handle).__name__ in caught.value.message
    assert instead in (caught.value.advice or "")


@pytest.mark.parametrize("handle", [handle for handle, _ in HANDLES])
def test_copies_work(handle: object) -> None:
    assert repr(copy(handle)) == repr(handle)


def test_a_copy_of_a_pager_is_a_pager_of_its_own() -> None:
    rows: Pager[object] = Pager(sync_session(SERVER), Call(_ops.LIST, ()))
    other = copy(rows)
    assert len(list(rows)) == 1
    assert rows.resume_token is None
    assert other.resume_token is not None


class Named(Pager[object]):
    """With attributes of its own, which copies keep."""

    name = "rows"


def test_copies_keep_what_a_subclass_adds() -> None:
    rows = Named(sync_session(SERVER), Call(_ops.LIST, ()))
    rows.name = "mine"
    assert rows.limit(3).name == "mine"
