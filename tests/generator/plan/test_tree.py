from __future__ import annotations

import pytest

from tests.support.documents import document, model, operation, response, texts
from xcaas_generator import ir
from xcaas_generator.plan.tree import RESOURCE_NAMES, placements

NO_NAMES: frozenset[str] = frozenset()


def calls(
    *operations: ir.Operation, client: frozenset[str] = NO_NAMES, resource: frozenset[str] = NO_NAMES
) -> list[str]:
    placed = placements(document(*operations), taken_on_client=client, taken_on_resource=resource)
    return [".".join((*placement.path, placement.verb)) for placement in placed]


def op(id: str, method: str = "GET", path: str = "/pets", *tags: str) -> ir.Operation:
    return operation(id, method, path, tags=tags)


def test_explicit_resources_and_verbs_are_used() -> None:
    search = operation("searchObjects", resource=("bulk", "objects"), verb="search")
    assert calls(search) == ["bulk.objects.search"]


def test_tags_are_resources_and_their_words_are_removed_from_verbs() -> None:
    assert calls(op("listPets", "GET", "/pets", "Pets"), op("lookUpPetByTag", "GET", "/pets/{id}", "Pets")) == [
        "pets.list",
        "pets.look_up_by_tag",
    ]


def test_the_path_is_the_resource_without_tags() -> None:
    assert calls(op("findThem", "GET", "/api/v1/{tenant}/policies/{id}")) == ["policies.find_them"]


def test_the_resource_is_root_without_tags_and_path() -> None:
    assert calls(op("ping", "GET", "/")) == ["root.ping"]


def test_ids_that_repeat_the_path_become_rest_verbs() -> None:
    operations = [
        op("GetAccounts", "GET", "/v1/accounts"),
        op("PostAccounts", "POST", "/v1/accounts"),
        op("GetAccountsAccount", "GET", "/v1/accounts/{account}"),
        op("PostAccountsAccount", "POST", "/v1/accounts/{account}"),
        op("DeleteAccountsAccount", "DELETE", "/v1/accounts/{account}"),
        op("PostAccountsAccountReject", "POST", "/v1/accounts/{account}/reject"),
        op("GetAccountsAccountPersons", "GET", "/v1/accounts/{account}/persons"),
    ]
    assert calls(*operations) == [
        "accounts.list",
        "accounts.create",
        "accounts.get",
        "accounts.update",
        "accounts.delete",
        "accounts.reject",
        "accounts.get_persons",
    ]


def test_words_of_the_path_are_kept_if_in_the_id() -> None:
    operations = [
        op("DeleteAddress", "DELETE", "/2010-04-01/accounts/{account}/addresses/{id}", "Addresses"),
        op("getFileComments", "GET", "/v1/files/{file}/comments", "Comments"),
    ]
    assert calls(*operations) == ["addresses.delete", "comments.get_file"]


def test_paths_that_tools_add_to_ids_are_removed() -> None:
    operations = [
        op("create_run_threads__thread_id__runs_post", "POST", "/threads/{thread_id}/runs", "runs"),
        op("read_state_threads__thread_id__state_get", "GET", "/threads/{thread_id}/state", "threads"),
        op("read_root__get", "GET", "/", "threads"),
        op("get_v1threadsstate{state_id}locks", "GET", "/v1/threads/state/{state_id}/locks", "threads"),
    ]
    assert calls(*operations) == ["runs.create", "threads.read_state", "threads.read_root", "threads.get_state_locks"]


def test_equal_verbs_are_extended_as_little_as_possible() -> None:
    operations = [
        op("get_rules_by_id", "GET", "/rules/{id}", "rules"),
        op("get_rules_by_owner_by_id", "GET", "/rules/{owner}/{id}", "rules"),
    ]
    assert calls(*operations) == ["rules.get_by_id", "rules.get_by_owner_by_id"]


def test_verbs_that_would_be_equal_keep_all_words() -> None:
    operations = (op("list_pet", "GET", "/pet", "pets"), op("list_pets", "GET", "/pets", "pets"))
    assert calls(*operations) == ["pets.list_pet", "pets.list_pets"]


def test_equal_ids_get_numbers() -> None:
    operations = (op("do", "PUT", "/a", "t"), op("do", "PUT", "/b", "t"), op("do", "PUT", "/c", "t"))
    assert calls(*operations) == ["t.do", "t.do_2", "t.do_3"]


def test_explicit_verbs_take_precedence_over_derived_ones() -> None:
    derived, chosen = operation("create", tags=("pets",)), operation("x", resource=("pets",), verb="create")
    assert calls(derived, chosen) == ["pets.create_2", "pets.create"]


@pytest.mark.parametrize(
    ("verb", "expected"), [("class", "class_"), ("", "call"), ("a b", "a_b"), ("__init__", "init__")]
)
def test_verbs_are_valid_identifiers(verb: str, expected: str) -> None:
    assert calls(operation("x", resource=("pets",), verb=verb)) == [f"pets.{expected}"]


def test_names_of_base_classes_are_reserved() -> None:
    close = op("x", "GET", "/", "close")
    assert calls(close, client=frozenset({"close"})) == ["close_.x"]
    child = operation("x", resource=("pets", "property"), verb="get")
    assert calls(child, resource=RESOURCE_NAMES) == ["pets.property_.get"]
    assert calls(operation("x", resource=("pets",), verb="with_options"), resource=RESOURCE_NAMES) == [
        "pets.with_options_2"
    ]


def test_verbs_differ_from_child_resources() -> None:
    parent = operation("x", resource=("queues",), verb="agents")
    child = operation("y", resource=("queues", "agents"), verb="list")
    assert calls(parent, child) == ["queues.agents_2", "queues.agents.list"]


def test_pollers_have_verbs() -> None:
    status = ir.StatusLink(ir.FollowUp("x", "id"), "/state", ("DONE",))
    poller = ir.Poller("download", "/id", status, "resume_download")
    start = operation("x", resource=("zips",), verb="start", poller=poller)
    (placement,) = placements(document(start), taken_on_client=NO_NAMES, taken_on_resource=NO_NAMES)
    assert (placement.verb, placement.poll, placement.resume) == ("start", "download", "resume_download")


def test_resources_that_differ_only_in_case_have_different_files() -> None:
    files = texts(
        document(op("a", "GET", "/a", "Größe"), op("b", "GET", "/b", "grosse"), op("c", "GET", "/c", "client"))
    )
    assert len({path.lower() for path in files}) == len(files)


def test_models_that_differ_only_in_case_have_different_files() -> None:
    refs = [response(ir.ModelRef(name), status) for name, status in (("URL", "200"), ("Url", "201"))]
    files = texts(document(operation("x", "GET", "/", *refs), models=(model("URL"), model("Url"))))
    assert {"models/_url.py", "models/_url_2.py"} <= files.keys()
    assert "class URL(" in files["models/_url.py"]
    assert "class Url(" in files["models/_url_2.py"]
