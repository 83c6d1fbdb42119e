"""`PageIterator` with every paging style of the vendor, against a service in memory."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.paging_styles import STYLES, Key, NoData, ResponseSpec, Style, drain, rows
from xcaas_core._errors import PagingError
from xcaas_core._json import JSONValue
from xcaas_core.http._headers import link_target
from xcaas_core.operations._extensions import PaginationSpec, StopCondition
from xcaas_core.paging._walk import MAX_EQUAL_PAGES, PageIterator, ResumeToken


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
class TestEveryStyle:
    @given(count=st.integers(0, 60), size=st.integers(1, 25))
    def test_every_item_comes_once_and_in_order(self, style: Style, count: int, size: int) -> None:
        service = style.serve(rows(count), size)
        assert drain(PageIterator(style.paging), service) == rows(count)

    @given(count=st.integers(1, 40), size=st.integers(1, 9), data=st.data())
    def test_no_unneeded_pages_are_requested(self, style: Style, count: int, size: int, data: st.DataObject) -> None:
        service = style.serve(rows(count), size)
        drain(PageIterator(style.paging), service)
        final = 1 if style.serve is NoData else 0  # only its error says that the page before was the last
        assert len(service.keys_received) == service.pages + final

    @given(count=st.integers(1, 40), size=st.integers(1, 9), data=st.data())
    def test_walks_resume_after_any_page(self, style: Style, count: int, size: int, data: st.DataObject) -> None:
        service = style.serve(rows(count), size)
        walk = PageIterator(style.paging)
        items: list[JSONValue] = []
        for _ in range(data.draw(st.integers(0, service.pages))):
            if walk.position is not None:
                items += walk.advance(*service(walk.position.key), "https://api.test/rows").items
        if walk.position is not None:
            text = walk.position.to_text("rows.list")
            items += drain(PageIterator(style.paging, ResumeToken.from_text(text, "rows.list")), service)
        assert items == rows(count)

    @given(size=st.integers(1, 5), counts=st.lists(st.integers(0, 12), min_size=1, max_size=30))
    def test_walks_end_while_the_list_shrinks_and_grows(self, style: Style, size: int, counts: list[int]) -> None:
        """Rows come and go between requests. The walk still ends, and rows stay in order."""
        lengths = iter(counts)
        service = style.serve(rows(counts[-1]), size)

        def serve(key: Key) -> ResponseSpec:
            service.rows = rows(next(lengths, counts[-1]))
            return service(key)

        items = drain(PageIterator(style.paging), serve, at_most=len(counts) + 20)
        ids = [row["id"] for row in items if isinstance(row, dict)]
        assert ids == sorted(ids, key=lambda id: int(str(id)))


class TestRepeatedPages:
    CURSOR = PaginationSpec("cursor", "next", items="/rows", next=("body", "/next"))

    def test_same_page_for_the_same_cursor_fails_and_yields_its_items_once(self) -> None:
        walk = PageIterator(self.CURSOR)
        repeated: JSONValue = {"rows": [{"id": 1}], "next": "again"}
        walk.advance({"rows": [{"id": 0}], "next": "again"}, {})
        assert walk.advance(repeated, {}).items == [{"id": 1}]
        with pytest.raises(PagingError, match="same page"):
            walk.advance(repeated, {})

    def test_cycle_of_cursors_fails_before_items_repeat(self) -> None:
        pages: dict[Key, JSONValue] = {
            None: {"rows": [1], "next": "a"},
            "a": {"rows": [2], "next": "b"},
            "b": {"rows": [3], "next": "a"},
        }
        walk = PageIterator(self.CURSOR)
        items: list[JSONValue] = []
        with pytest.raises(PagingError):
            drain(walk, lambda key: (pages[key], {}), into=items)
        assert items == [1, 2, 3]

    def test_repeated_page_with_a_new_cursor_is_skipped(self) -> None:
        walk = PageIterator(self.CURSOR)
        first = walk.advance({"rows": [1], "next": "a"}, {}).items
        repeated: JSONValue = {"rows": [2], "next": "a"}
        second = walk.advance(repeated, {}).items
        third = walk.advance({"rows": [2], "next": "b"}, {}).items
        fourth = walk.advance({"rows": [3], "next": None}, {}).items
        assert (first, second, third, fourth) == ([1], [2], [], [3])
        assert walk.done

    @pytest.mark.parametrize(
        "paging",
        [
            PaginationSpec(
                "page", "page", items="/rows", last=(StopCondition(("body", "/links"), "lacks", {"rel": "next"}),)
            ),
            PaginationSpec("cursor", "next", items="/rows", next=("body", "/next")),
        ],
    )
    def test_service_that_ignores_the_page_number_fails(self, paging: PaginationSpec) -> None:
        numbers = iter(range(MAX_EQUAL_PAGES + 2))

        def serve(key: Key) -> ResponseSpec:
            return {"rows": [1, 2], "links": [{"rel": "next"}], "next": f"c{next(numbers)}"}, {}

        with pytest.raises(PagingError):
            drain(PageIterator(paging), serve)

    def test_equal_pages_are_allowed_up_to_a_total(self) -> None:
        paging = PaginationSpec(
            "page", "page", items="", last=(StopCondition(("header", "X-Total-Pages"), "page-count"),)
        )
        page: ResponseSpec = ([7], {"X-Total-Pages": str(MAX_EQUAL_PAGES * 2)})
        items = drain(PageIterator(paging), lambda key: page)
        assert items == [7] * MAX_EQUAL_PAGES * 2

    def test_empty_pages_do_not_end_a_list_if_the_spec_says_so(self) -> None:
        paging = PaginationSpec("cursor", "next", items="/rows", next=("body", "/next"), empty_ends=False)
        pages: dict[Key, JSONValue] = {
            None: {"rows": [], "next": "a"},
            "a": {"rows": [], "next": "b"},
            "b": {"rows": [1]},
        }
        assert drain(PageIterator(paging), lambda key: (pages[key], {})) == [1]

    def test_endless_empty_pages_fail(self) -> None:
        paging = PaginationSpec(
            "page", "page", items="/rows", last=(StopCondition(("body", "/hits"), "item-count"),), empty_ends=False
        )
        page: JSONValue = {"rows": [], "hits": 5}
        with pytest.raises(PagingError, match="the same page"):
            drain(PageIterator(paging), lambda key: (page, {}))


class TestPastTheEnd:
    PAGING = PaginationSpec("page", "page", items="", past_end=400)

    def test_status_of_the_first_request_is_an_error(self) -> None:
        assert not PageIterator(self.PAGING).ends_with(400)

    def test_status_of_the_first_request_of_a_resumed_walk_is_an_error(self) -> None:
        assert not PageIterator(self.PAGING, ResumeToken(3, 3)).ends_with(400)

    def test_status_of_a_later_request_is_the_end(self) -> None:
        walk = PageIterator(self.PAGING)
        walk.advance([1], {})
        assert walk.ends_with(400)
        assert not walk.ends_with(404)


class TestUnusualPages:
    def test_missing_list_is_an_error(self) -> None:
        with pytest.raises(PagingError, match="no list"):
            PageIterator(PaginationSpec("page", "page", items="/content")).advance({"message": "oops"}, {})

    @pytest.mark.parametrize("body", ["text", 3, True])
    def test_scalar_instead_of_a_list_is_an_error(self, body: JSONValue) -> None:
        with pytest.raises(PagingError, match="no list"):
            PageIterator(PaginationSpec("page", "page", items="")).advance(body, {})

    def test_null_is_an_empty_list(self) -> None:
        walk = PageIterator(PaginationSpec("page", "page", items="/data"))
        assert walk.advance({"data": None}, {}).items == []
        assert walk.done

    def test_missing_list_is_allowed_on_the_last_page(self) -> None:
        paging = PaginationSpec(
            "cursor", "k", items="/content", last=(StopCondition(("body", "/lastPage"), "equals", True),)
        )
        walk = PageIterator(paging)
        assert walk.advance({"lastPage": True}, {}).items == []

    @pytest.mark.parametrize("body", [{}, {"_embedded": {}}, {"_embedded": None}, {"_embedded": {"_links": {}}}])
    def test_missing_list_of_a_hal_page_is_an_empty_list(self, body: JSONValue) -> None:
        assert PageIterator(PaginationSpec("page", "page", items="/_embedded/agents")).advance(body, {}).items == []

    def test_only_list_of_a_hal_page_is_read_by_any_name(self) -> None:
        page: JSONValue = {"_embedded": {"_links": {}, "queues": [{"id": 1}]}}
        assert PageIterator(PaginationSpec("page", "page", items="/_embedded/agents")).advance(page, {}).items == [
            {"id": 1}
        ]

    def test_several_lists_of_a_hal_page_by_other_names_are_an_error(self) -> None:
        with pytest.raises(PagingError, match="no list"):
            PageIterator(PaginationSpec("page", "page", items="/_embedded/agents")).advance(
                {"_embedded": {"a": [1], "b": [2]}}, {}
            )

    def test_object_instead_of_a_list_is_one_item(self) -> None:
        assert PageIterator(PaginationSpec("page", "page", items="")).advance({"id": 1}, {}).items == [{"id": 1}]

    def test_page_wrapped_in_a_list_is_unwrapped(self) -> None:
        walk = PageIterator(next(style.paging for style in STYLES if style.name == "offset"))
        page = walk.advance([{"content": [1, 2], "pageKey": 2, "lastPage": False}], {})
        assert page.items == [1, 2]
        assert walk.position is not None
        assert walk.position.key == 2

    def test_boolean_cursor_ends_the_walk(self) -> None:
        walk = PageIterator(TestRepeatedPages.CURSOR)
        walk.advance({"rows": [1], "next": True}, {})
        assert walk.done

    @pytest.mark.parametrize("total", ["many", "", None, "-1"])
    def test_invalid_total_is_ignored(self, total: str | None) -> None:
        paging = PaginationSpec(
            "page", "page", items="", last=(StopCondition(("header", "X-Total-Pages"), "page-count"),)
        )
        walk = PageIterator(paging)
        headers: Mapping[str, str] = {} if total is None else {"X-Total-Pages": total}
        walk.advance([1], headers)
        assert not walk.done

    @pytest.mark.parametrize("value", [True, "true", "TRUE"])
    def test_flags_may_be_strings(self, value: JSONValue) -> None:
        paging = PaginationSpec(
            "cursor", "k", items="/r", next=("body", "/n"), last=(StopCondition(("body", "/l"), "equals", True),)
        )
        walk = PageIterator(paging)
        walk.advance({"r": [1], "n": 2, "l": value}, {})
        assert walk.done

    def test_finished_walk_refuses_pages(self) -> None:
        walk = PageIterator(PaginationSpec("page", "page", items=""))
        walk.stop()
        with pytest.raises(ValueError, match="over"):
            walk.advance([1], {})


class TestResumeTokens:
    @given(
        key=st.one_of(st.none(), st.integers(), st.text()),
        index=st.integers(0, 10**9),
        seen=st.integers(0, 10**12),
        skip=st.integers(0, 5000),
    )
    def test_token_round_trips_through_its_text(self, key: Key, index: int, seen: int, skip: int) -> None:
        text = ResumeToken(key, index, seen, skip).to_text("a.b")
        restored = ResumeToken.from_text(text, "a.b")
        assert (restored.key, restored.index, restored.seen, restored.skip) == (key, index, seen, skip)
        assert text.isascii()
        assert not set(text) & set("+/= \n")

    def test_token_of_another_call_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"belongs to a\.b"):
            ResumeToken.from_text(ResumeToken(1).to_text("a.b"), "a.c")

    @given(st.text())
    def test_invalid_text_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a resume token"):
            ResumeToken.from_text(text, "a.b")

    def test_negative_numbers_are_refused(self) -> None:
        with pytest.raises(ValueError, match="not a resume token"):
            ResumeToken.from_text(ResumeToken(1, -1).to_text("a.b"), "a.b")


@pytest.mark.parametrize(
    ("header", "target"),
    [
        (None, None),
        ("", None),
        ("nonsense", None),
        ("</a>", None),
        ("</a>; rel=next", "/a"),
        ('</a>; rel="prev", </b>; rel="last next"', "/b"),
        ('<https://x.test/?a=1,2&b=;>; title="a, b; c"; REL="Next"', "https://x.test/?a=1,2&b=;"),
        ('</a>; rel="nextish"', None),
    ],
)
def test_link_header_gives_the_next_page(header: str | None, target: str | None) -> None:
    assert link_target(header, "next") == target
