"""Generated code for pollers."""

from __future__ import annotations

import pytest

from tests.support.documents import document, operation, path, query, texts
from xcaas_generator import ir
from xcaas_generator.problems import InputError

STATUS_CALL = ir.FollowUp("getZip", "id")


def render_zips(*shared: ir.Parameter, partial: tuple[str, ...] = ()) -> str:
    id = path("id")
    poller = ir.Poller(
        "pack", "/id", ir.StatusLink(STATUS_CALL, "/state", ("DONE", "PART"), partial=partial), "resume_pack"
    )
    start_zip = operation(
        "startZip",
        resource=("zips",),
        verb="start",
        parameters=(*shared, query("own")),
        poller=poller,
    )
    get_zip = operation("getZip", resource=("zips",), verb="get", parameters=(id, *shared))
    return texts(document(start_zip, get_zip))["_zips.py"]


def test_pollers_have_the_names_of_their_methods() -> None:
    assert 'verb="pack"' in render_zips()
    assert 'resume="resume_pack"' in render_zips()


def test_partial_states_are_rendered() -> None:
    source = render_zips(partial=("PART",))
    assert 'partial=("PART",)' in source
    assert "`partial` says" in source


def test_pollers_without_partial_states_do_not_mention_them() -> None:
    assert "partial" not in render_zips()


def test_a_poller_with_a_refused_operation_raises() -> None:
    status = ir.StatusLink(ir.FollowUp("gone", "id"), "/state", ("DONE",))
    start = operation("startZip", resource=("zips",), verb="start", poller=ir.Poller("pack", "/id", status))
    with pytest.raises(InputError, match="needs the operation 'gone', which was refused") as caught:
        texts(document(start))
    assert caught.value.problems[0].place == start.place


def test_resume_has_the_parameters_of_the_poller_operations() -> None:
    source = render_zips(query("tenant"), path("folder"))
    assert "def resume_pack(self, id: str, folder: str, *, tenant: str | None = None)" in source
    assert "self._caller.resume(_START, id, (tenant, folder, None))" in source


def test_resume_has_only_the_id_without_shared_parameters() -> None:
    source = render_zips()
    assert "def resume_pack(self, id: str)" in source
    assert "self._caller.resume(_START, id)" in source
