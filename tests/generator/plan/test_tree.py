from __future__ import annotations

import pytest

from tests.support.documents import document, model, operation, response, texts
from xcaas_generator import ir
from xcaas_generator.plan.tree import RESOURCE_NAMES, placements

NOTHING: frozenset[str] = frozenset()


def calls(*operations: ir.Operation, client: frozenset[str] = NOTHING, resource: frozenset[str] = NOTHING) -> list[str]:
    found = placements(document(*operations), taken_on_client=client, taken_on_resource=resource)
    return [".".join((*seat.path, seat.verb)) for seat in found]


def op(id: str, method: str = "GET", path: str = "/pets", *tags: str) -> ir.Operation:
    return operation(id, method, path, tags=tags)


def test_the_spec_has_the_first_word() -> None:
    given = operation("searchObjects", resource=("bulk", "objects"), verb="search")
    assert calls(given) == ["bulk.objects.search"]


def test_a_tag_is_a_resource_and_its_words_are_not_said_again() -> None:
    assert calls(op("listPets", "GET", "/pets", "Pets"), op("lookUpPetByTag", "GET", "/pets/{id}", "Pets")) == [
        "pets.list",
        "pets.look_up_by_tag",
    ]


def test_without_tags_the_path_tells_the_resource() -> None:
    assert calls(op("findThem", "GET", "/api/v1/{tenant}/policies/{id}")) == ["policies.find_them"]


def test_without_tags_and_path_there_is_a_root() -> None:
    assert calls(op("ping", "GET", "/")) == ["root.ping"]


def test_ids_that_only_repeat_the_path_become_the_usual_verbs() -> None:
    given = [
        op("GetAccounts", "GET", "/v1/accounts"),
        op("PostAccounts", "POST", "/v1/accounts"),
        op("GetAccountsAccount", "GET", "/v1/accounts/{account}"),
        op("PostAccountsAccount", "POST", "/v1/accounts/{account}"),
        op("DeleteAccountsAccount", "DELETE", "/v1/accounts/{account}"),
        op("PostAccountsAccountReject", "POST", "/v1/accounts/{account}/reject"),
        op("GetAccountsAccountPersons", "GET", "/v1/accounts/{account}/persons"),
    ]
    assert calls(*given) == [
        "accounts.list",
        "accounts.create",
        "accounts.get",
        "accounts.update",
        "accounts.delete",
        "accounts.reject",
        "accounts.get_persons",
    ]


def test_ids_say_which_words_of_the_path_count() -> None:
    given = [
        op("DeleteAddress", "DELETE", "/2010-04-01/accounts/{account}/addresses/{id}", "Addresses"),
        op("getFileComments", "GET", "/v1/files/{file}/comments", "Comments"),
    ]
    assert calls(*given) == ["addresses.delete", "comments.get_file"]


def test_a_path_that_a_tool_put_into_an_id_is_not_read_out() -> None:
    given = [
        op("create_run_threads__thread_id__runs_post", "POST", "/threads/{thread_id}/runs", "runs"),
        op("read_state_threads__thread_id__state_get", "GET", "/threads/{thread_id}/state", "threads"),
        op("read_root__get", "GET", "/", "threads"),
        op("get_v1threadsstate{state_id}locks", "GET", "/v1/threads/state/{state_id}/locks", "threads"),
    ]
    assert calls(*given) == ["runs.create", "threads.read_state", "threads.read_root", "threads.get_state_locks"]


def test_verbs_whose_short_names_are_equal_say_more_and_no_more_than_needed() -> None:
    given = [
        op("get_rules_by_id", "GET", "/rules/{id}", "rules"),
        op("get_rules_by_owner_by_id", "GET", "/rules/{owner}/{id}", "rules"),
    ]
    assert calls(*given) == ["rules.get_by_id", "rules.get_by_owner_by_id"]


def test_verbs_that_would_be_equal_keep_all_their_words() -> None:
    given = (op("list_pet", "GET", "/pet", "pets"), op("list_pets", "GET", "/pets", "pets"))
    assert calls(*given) == ["pets.list_pet", "pets.list_pets"]


def test_equal_ids_get_numbers() -> None:
    given = (op("do", "PUT", "/a", "t"), op("do", "PUT", "/b", "t"), op("do", "PUT", "/c", "t"))
    assert calls(*given) == ["t.do", "t.do_2", "t.do_3"]


def test_a_chosen_verb_wins_over_a_derived_one() -> None:
    derived, chosen = operation("create", tags=("pets",)), operation("x", resource=("pets",), verb="create")
    assert calls(derived, chosen) == ["pets.create_2", "pets.create"]


@pytest.mark.parametrize(
    ("verb", "expected"), [("class", "class_"), ("", "call"), ("a b", "a_b"), ("__init__", "init__")]
)
def test_verbs_are_legal_names(verb: str, expected: str) -> None:
    assert calls(operation("x", resource=("pets",), verb=verb)) == [f"pets.{expected}"]


def test_base_classes_keep_their_names() -> None:
    given = op("x", "GET", "/", "close")
    assert calls(given, client=frozenset({"close"})) == ["close_.x"]
    below = operation("x", resource=("pets", "property"), verb="get")
    assert calls(below, resource=RESOURCE_NAMES) == ["pets.property_.get"]
    assert calls(operation("x", resource=("pets",), verb="with_options"), resource=RESOURCE_NAMES) == [
        "pets.with_options_2"
    ]


def test_a_verb_stays_clear_of_resources_below() -> None:
    parent = operation("x", resource=("queues",), verb="agents")
    child = operation("y", resource=("queues", "agents"), verb="list")
    assert calls(parent, child) == ["queues.agents_2", "queues.agents.list"]


def test_pollers_bring_verbs_of_their_own() -> None:
    status = ir.StatusLink(ir.FollowUp("x", "id"), "/state", ("DONE",))
    poller = ir.Poller("download", "/id", status, "resume_download")
    given = operation("x", resource=("zips",), verb="start", poller=poller)
    (seat,) = placements(document(given), taken_on_client=NOTHING, taken_on_resource=NOTHING)
    assert (seat.verb, seat.poll, seat.resume) == ("start", "download", "resume_download")


def test_resources_that_differ_by_case_only_get_files_of_their_own() -> None:
    made = texts(
        document(op("a", "GET", "/a", "Größe"), op("b", "GET", "/b", "grosse"), op("c", "GET", "/c", "client"))
    )
    assert len({path.lower() for path in made}) == len(made)


def test_models_that_differ_by_case_only_get_files_of_their_own() -> None:
    refs = [response(ir.ModelRef(name), status) for name, status in (("URL", "200"), ("Url", "201"))]
    made = texts(document(operation("x", "GET", "/", *refs), models=(model("URL"), model("Url"))))
    assert {"models/_url.py", "models/_url_2.py"} <= made.keys()
    assert "class URL(" in made["models/_url.py"]
    assert "class Url(" in made["models/_url_2.py"]
