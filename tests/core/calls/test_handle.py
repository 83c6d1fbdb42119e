"""Pagers, pollers and downloads can be copied, but not pickled."""

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


@pytest.mark.parametrize("pickle_or_copy", [pickle.dumps, deepcopy])
@pytest.mark.parametrize(("handle", "advice"), HANDLES)
def test_pickling_raises_and_says_what_to_send_instead(
    handle: object, advice: str, pickle_or_copy: Callable[[object], object]
) -> None:
    with pytest.raises(ConfigurationError, match="cannot be pickled") as caught:
        pickle_or_copy(handle)
    assert type(handle).__name__ in caught.value.message
    assert advice in (caught.value.advice or "")


@pytest.mark.parametrize("handle", [handle for handle, _ in HANDLES])
def test_handles_can_be_copied(handle: object) -> None:
    assert repr(copy(handle)) == repr(handle)


def test_a_copy_of_a_pager_has_its_own_position() -> None:
    rows: Pager[object] = Pager(sync_session(SERVER), Call(_ops.LIST, ()))
    other = copy(rows)
    assert len(list(rows)) == 1
    assert rows.resume_token is None
    assert other.resume_token is not None


class NamedPager(Pager[object]):
    """A pager with an attribute of its own."""

    name = "rows"


def test_copies_keep_attributes_of_subclasses() -> None:
    rows = NamedPager(sync_session(SERVER), Call(_ops.LIST, ()))
    rows.name = "mine"
    assert rows.limit(3).name == "mine"
