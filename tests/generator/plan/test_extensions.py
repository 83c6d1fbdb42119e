"""What a document says of work that goes on, in the operation that starts it."""

from __future__ import annotations

import pytest

from tests.support.documents import document, operation, path, query, texts
from xcaas_generator import ir
from xcaas_generator.problems import InputError

LOOK = ir.FollowUp("getZip", "id")


def made(*shared: ir.Parameter, partial: tuple[str, ...] = ()) -> str:
    id = path("id")
    poller = ir.Poller("pack", "/id", ir.StatusLink(LOOK, "/state", ("DONE", "PART"), partial=partial), "resume_pack")
    start = operation(
        "startZip",
        resource=("zips",),
        verb="start",
        parameters=(*shared, query("own")),
        poller=poller,
    )
    look = operation("getZip", resource=("zips",), verb="get", parameters=(id, *shared))
    return texts(document(start, look))["_zips.py"]


def test_messages_know_the_methods_that_callers_use() -> None:
    assert 'verb="pack"' in made()
    assert 'resume="resume_pack"' in made()


def test_ends_that_leave_something_undone() -> None:
    found = made(partial=("PART",))
    assert 'partial=("PART",)' in found
    assert "`partial` says" in found


def test_other_jobs_say_nothing_of_it() -> None:
    assert "partial" not in made()


def test_an_operation_that_was_refused_can_t_be_asked() -> None:
    status = ir.StatusLink(ir.FollowUp("gone", "id"), "/state", ("DONE",))
    start = operation("startZip", resource=("zips",), verb="start", poller=ir.Poller("pack", "/id", status))
    with pytest.raises(InputError, match="needs the operation 'gone', which was refused") as caught:
        texts(document(start))
    assert caught.value.problems[0].place == start.place


def test_resuming_takes_what_the_operations_that_follow_take() -> None:
    found = made(query("tenant"), path("folder"))
    assert "def resume_pack(self, id: str, folder: str, *, tenant: str | None = None)" in found
    assert "self._caller.resume(_START, id, (tenant, folder, None))" in found


def test_resuming_takes_the_id_alone_where_nothing_else_is_shared() -> None:
    found = made()
    assert "def resume_pack(self, id: str)" in found
    assert "self._caller.resume(_START, id)" in found
