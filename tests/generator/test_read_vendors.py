"""Documents in the manner of large vendors: everything comes out, under names that a reader would guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.snippets import check, fields, messages, operation, shown
from xcaas_generator import ir
from xcaas_generator.read import read_document

FOLDER = Path(__file__).parent / "fixtures"


def document(name: str) -> tuple[ir.Document, str]:
    result = read_document(FOLDER / f"{name}.yaml", name=name, strict=False)
    check(result.document)
    return result.document, messages(result.warnings)


@pytest.mark.parametrize(
    ("name", "operations", "refused"),
    [("hub", 7, 0), ("pay", 5, 0), ("cluster", 5, 0), ("graph", 6, 0), ("bank", 2, 0), ("meet", 7, 1), ("brain", 5, 0)],
)
def test_every_operation_comes_out(name: str, operations: int, refused: int) -> None:
    found, _ = document(name)
    assert (len(found.operations), len(found.refused)) == (operations, refused)


@pytest.mark.parametrize("name", ["hub", "pay", "cluster", "graph", "brain"])
def test_sound_documents_give_no_warnings(name: str) -> None:
    _, said = document(name)
    assert not said


def test_hub() -> None:
    found, _ = document("hub")
    assert [one.name for one in found.models] == [
        "BasicError", "CodeResult", "Issue", "IssueLabel", "IssueLink", "IssuesSetLabelsRequest", "IssuesUpdateRequest",
        "Label", "Milestone", "NullableSimpleUser", "ReactionRollup", "SearchCodeResponse", "ServiceUnavailableResponse",
        "SimpleUser", "ValidationError", "ValidationErrorError",
    ]  # fmt: skip
    assert fields(found, "ReactionRollup") == {"url": "str!", "+1": "int!", "-1": "int!", "total_count": "int"}
    issue = fields(found, "Issue")
    assert (issue["user"], issue["state_reason"], issue["milestone"]) == (
        "NullableSimpleUser?!",
        "IssueStateReason?",
        "Milestone?",
    )
    assert (issue["labels"], issue["_links"], issue["parent"]) == ("[str|IssueLabel]", "{IssueLink}", "Issue")
    update = operation(found, "issues/update")
    assert update.body is not None
    assert [parameter.wire for parameter in update.parameters] == ["owner", "repo", "issue_number"]
    assert fields(found, "IssuesUpdateRequest")["title"] == "str|int?"


def test_pay() -> None:
    found, _ = document("pay")
    assert fields(found, "Customer")["default_source"] == "str|Account|Card?"
    assert fields(found, "ApiErrors")["payment_source"] == "Account|Card@object(account=Account,card=Card)"
    created, expand, _ = operation(found, "GetCustomers").parameters
    assert (shown(created.type), created.style, shown(expand.type)) == ("RangeQuerySpecs|int", "deepObject", "[str]")
    assert operation(found, "PostFiles").servers[0].url == "https://files.pay.example/"
    post = operation(found, "PostCustomers").body
    assert post is not None
    assert [one.wire for one in post.variants[0].encoding] == ["address", "metadata"]


def test_cluster() -> None:
    found, _ = document("cluster")
    assert fields(found, "ApiextensionsV1JSONSchemaProps")["$ref"] == "str"
    assert fields(found, "ApiCoreV1PodSpec")["port"] == "int|str"
    proxy = operation(found, "connectCoreV1HeadNamespacedPodProxyWithPath")
    assert [(one.wire, one.location) for one in proxy.parameters][-2:] == [("path", "path"), ("path", "query")]
    kinds = [(one.media_type, one.kind) for one in operation(found, "listCoreV1NamespacedPod").responses[0].variants]
    assert kinds[0] == ("application/json", "json")
    assert ("application/yaml", "text") in kinds


def test_graph() -> None:
    found, _ = document("graph")
    # The class between has its own heirs, although its discriminator stands inside `allOf`.
    assert fields(found, "User")["manager"].startswith("Group|User|DirectoryObject@@odata.type(#graph.group=Group,")
    assert list(fields(found, "User"))[:3] == ["id", "@odata.type", "deletedDateTime"]
    view = operation(found, "users.user.reminderView")
    assert [(one.wire, one.location) for one in view.parameters] == [
        ("user-id", "path"), ("StartDateTime", "path"), ("EndDateTime", "query"),
    ]  # fmt: skip
    assert [one.status for one in operation(found, "users.user.ListUser").responses] == ["2XX", "4XX", "5XX"]


def test_bank() -> None:
    found, said = document("bank")
    assert said.count("warning") == 2
    assert "529" in said
    assert "2024-02-30" in said
    assert operation(found, "accountsGet").security == (("clientId", "secret"), ())
    assert fields(found, "Account")["type"] == "='depository'"
    assert fields(found, "CreatePaymentRequest")["amount"] == "Money!"
    answer = operation(found, "createPayment").responses[0]
    assert shown(answer.variants[0].type).endswith("@method(Payment=Payment,card=CardPayment,wire=WirePayment)")
    assert found.servers[0].url == "https://{env}.bank.example/{version}"


def test_meet() -> None:
    found, said = document("meet")
    assert fields(found, "Meeting") == {"uuid": "str", "join_url": "str"}
    assert fields(found, "GroupListMeeting")["id"] == "int"
    assert fields(found, "MetricsResponse")["from"] == "str:date-time"
    assert [one.status for one in operation(found, "meetings").responses] == ["200", "404", "default"]
    assert shown(operation(found, "get_meetings_by_meeting_id").responses[0].variants[0].type) == "Meeting"
    assert found.refused[0].place.pointer == "/paths/~1broken/get"
    for message in (
        "no scheme",
        "is taken",
        "spaces around",
        "was read as 30",
        "calls the parameter",
        "scopes should be",
    ):
        assert message in said


def test_brain() -> None:
    found, _ = document("brain")
    tags = "function_call=FunctionCall,item_reference=ItemReference,message=InputMessage,reasoning=Reasoning"
    items = "InputMessage|ItemReference|FunctionCall|Reasoning"
    assert fields(found, "CreateResponse")["input"] == f"str|[{items}@type({tags})]!"
    assert fields(found, "CompoundFilter")["filters"].startswith("[ComparisonFilter|CompoundFilter@type(")
    assert fields(found, "CreateSpeechRequest")["voice"] == "CreateSpeechRequestVoice"
    assert [one.kind for one in operation(found, "createResponse").responses[0].variants] == ["json", "text"]
