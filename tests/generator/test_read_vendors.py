"""Documents in the style of large vendors: all operations are read, with good names."""

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
def test_all_operations_are_read_or_refused(name: str, operations: int, refused: int) -> None:
    parsed, _ = document(name)
    assert (len(parsed.operations), len(parsed.refused)) == (operations, refused)


@pytest.mark.parametrize("name", ["hub", "pay", "cluster", "graph", "brain"])
def test_valid_documents_have_no_warnings(name: str) -> None:
    _, warnings = document(name)
    assert not warnings


def test_hub_is_read() -> None:
    parsed, _ = document("hub")
    assert [model.name for model in parsed.models] == [
        "BasicError", "CodeResult", "Issue", "IssueLabel", "IssueLink", "IssuesSetLabelsRequest", "IssuesUpdateRequest",
        "Label", "Milestone", "NullableSimpleUser", "ReactionRollup", "SearchCodeResponse", "ServiceUnavailableResponse",
        "SimpleUser", "ValidationError", "ValidationErrorError",
    ]  # fmt: skip
    assert fields(parsed, "ReactionRollup") == {"url": "str!", "+1": "int!", "-1": "int!", "total_count": "int"}
    issue = fields(parsed, "Issue")
    assert (issue["user"], issue["state_reason"], issue["milestone"]) == (
        "NullableSimpleUser?!",
        "IssueStateReason?",
        "Milestone?",
    )
    assert (issue["labels"], issue["_links"], issue["parent"]) == ("[str|IssueLabel]", "{IssueLink}", "Issue")
    update = operation(parsed, "issues/update")
    assert update.body is not None
    assert [parameter.wire for parameter in update.parameters] == ["owner", "repo", "issue_number"]
    assert fields(parsed, "IssuesUpdateRequest")["title"] == "str|int?"


def test_pay_is_read() -> None:
    parsed, _ = document("pay")
    assert fields(parsed, "Customer")["default_source"] == "str|Account|Card?"
    assert fields(parsed, "ApiErrors")["payment_source"] == "Account|Card@object(account=Account,card=Card)"
    created, expand, _ = operation(parsed, "GetCustomers").parameters
    assert (shown(created.type), created.style, shown(expand.type)) == ("RangeQuerySpecs|int", "deepObject", "[str]")
    assert operation(parsed, "PostFiles").servers[0].url == "https://files.pay.example/"
    post = operation(parsed, "PostCustomers").body
    assert post is not None
    assert [part.wire for part in post.variants[0].encoding] == ["address", "metadata"]


def test_cluster_is_read() -> None:
    parsed, _ = document("cluster")
    assert fields(parsed, "ApiextensionsV1JSONSchemaProps")["$ref"] == "str"
    assert fields(parsed, "ApiCoreV1PodSpec")["port"] == "int|str"
    proxy = operation(parsed, "connectCoreV1HeadNamespacedPodProxyWithPath")
    assert [(parameter.wire, parameter.location) for parameter in proxy.parameters][-2:] == [
        ("path", "path"),
        ("path", "query"),
    ]
    kinds = [
        (variant.media_type, variant.kind)
        for variant in operation(parsed, "listCoreV1NamespacedPod").responses[0].variants
    ]
    assert kinds[0] == ("application/json", "json")
    assert ("application/yaml", "text") in kinds


def test_graph_is_read() -> None:
    parsed, _ = document("graph")
    # The intermediate class has its own children, although its discriminator is inside `allOf`.
    assert fields(parsed, "User")["manager"].startswith("Group|User|DirectoryObject@@odata.type(#graph.group=Group,")
    assert list(fields(parsed, "User"))[:3] == ["id", "@odata.type", "deletedDateTime"]
    view = operation(parsed, "users.user.reminderView")
    assert [(parameter.wire, parameter.location) for parameter in view.parameters] == [
        ("user-id", "path"), ("StartDateTime", "path"), ("EndDateTime", "query"),
    ]  # fmt: skip
    assert [response.status for response in operation(parsed, "users.user.ListUser").responses] == ["2XX", "4XX", "5XX"]


def test_bank_is_read() -> None:
    parsed, warnings = document("bank")
    assert warnings.count("warning") == 2
    assert "529" in warnings
    assert "2024-02-30" in warnings
    assert operation(parsed, "accountsGet").security == (("clientId", "secret"), ())
    assert fields(parsed, "Account")["type"] == "='depository'"
    assert fields(parsed, "CreatePaymentRequest")["amount"] == "Money!"
    response = operation(parsed, "createPayment").responses[0]
    assert shown(response.variants[0].type).endswith("@method(Payment=Payment,card=CardPayment,wire=WirePayment)")
    assert parsed.servers[0].url == "https://{env}.bank.example/{version}"


def test_meet_is_read() -> None:
    parsed, warnings = document("meet")
    assert fields(parsed, "Meeting") == {"uuid": "str", "join_url": "str"}
    assert fields(parsed, "GroupListMeeting")["id"] == "int"
    assert fields(parsed, "MetricsResponse")["from"] == "str:date-time"
    assert [response.status for response in operation(parsed, "meetings").responses] == ["200", "404", "default"]
    assert shown(operation(parsed, "get_meetings_by_meeting_id").responses[0].variants[0].type) == "Meeting"
    assert parsed.refused[0].place.pointer == "/paths/~1broken/get"
    for message in (
        "no scheme",
        "is taken",
        "spaces around",
        "was read as 30",
        "calls the parameter",
        "scopes should be",
    ):
        assert message in warnings


def test_brain_is_read() -> None:
    parsed, _ = document("brain")
    tags = "function_call=FunctionCall,item_reference=ItemReference,message=InputMessage,reasoning=Reasoning"
    items = "InputMessage|ItemReference|FunctionCall|Reasoning"
    assert fields(parsed, "CreateResponse")["input"] == f"str|[{items}@type({tags})]!"
    assert fields(parsed, "CompoundFilter")["filters"].startswith("[ComparisonFilter|CompoundFilter@type(")
    assert fields(parsed, "CreateSpeechRequest")["voice"] == "CreateSpeechRequestVoice"
    assert [variant.kind for variant in operation(parsed, "createResponse").responses[0].variants] == ["json", "text"]
