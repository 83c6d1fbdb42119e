"""Several iterations over one pager."""

from __future__ import annotations

from tests.support.example_api import _ops
from tests.support.example_api.models import Row
from tests.support.sessions import sync_session
from xcaas_core.operations._operation import Call
from xcaas_core.paging._pager import Pager
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer


def scrolled(request: FakeRequest) -> FakeResponse:
    start = int(request.query.get("scrollId", ["0"])[0])
    rows = [{"id": id} for id in range(10)[start : start + 4]]
    return FakeResponse(json={"data": rows, "more": start + 4 < 10, "next": str(start + 4)})


def test_resume_token_is_that_of_the_latest_iteration() -> None:
    server = FakeServer().respond("shop.rows.scroll", scrolled)
    rows = Pager[Row](sync_session(server), Call(_ops.SCROLL))
    earlier, latest = iter(rows), iter(rows)
    next(earlier)
    assert next(latest).id == 0
    for _ in range(5):
        next(earlier)
    assert rows.resume_token is not None
    resumed = Pager[Row](sync_session(server), Call(_ops.SCROLL)).resume(rows.resume_token)
    assert [row.id for row in resumed] == list(range(1, 10))
