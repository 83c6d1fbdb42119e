"""Quality Management: interactions with writable fields, users, evaluations, speech categories."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply
from .._store import Store, values_at
from ._pages import numbered

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["QualityManagement"]

ROWS: Final = 7
_TYPES: Final = ("voiceInteraction", "screenRecording", "voiceScreen")
# Operations on one interaction that respond with the spec's example.
_EXAMPLE_OPERATIONS: Final = ("listTranscriptions", "listInteractionTopics", "listLabels", "listNotes")


class QualityManagement:
    """Seven of each kind. The first ones have the ids of the spec's examples. Interactions come an hour apart."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._interactions = Store("interaction")
        self._users = Store("user")
        self._evaluations = Store("evaluation")
        self._categories = Store("category")
        self._fill(product, clock)
        self._topics: Node = response_example(product, "listSpeechTopics")["content"][0]
        self._examples = {name: response_example(product, name) for name in _EXAMPLE_OPERATIONS}
        self._people = {name: response_example(product, name) for name in ("listSupervisors", "listTrainers")}
        self.handlers: dict[str, Handler] = {
            "listInteractions": lambda call: _page(call, self._matching_interactions(call)),
            "countInteractions": lambda call: Reply(len(self._matching_interactions(call))),
            "deleteInteraction": self.delete,
            "purgeInteraction": self.delete,
            "replaceCustomField": self.write_field,
            "deleteCustomField": self.clear_field,
            "downloadMedia": self.media,
            "redirectToInteraction": self.redirect,
            **dict.fromkeys(_EXAMPLE_OPERATIONS, self.example),
            "listUsers": lambda call: _page(call, self._matching_users(call)),
            "countUsers": lambda call: Reply(len(self._matching_users(call))),
            "getUser": lambda call: Reply(self._users.get(call.parameter("userReference"))),
            "listSupervisors": self.people,
            "listTrainers": self.people,
            "listEvaluations": lambda call: _page(call, self._matching_evaluations(call)),
            "countEvaluations": lambda call: Reply(str(len(self._matching_evaluations(call)))),
            "getEvaluation": lambda call: Reply(self._evaluations.get(call.parameter("evaluationId"))),
            "listSpeechCategories": lambda call: _page(call, self._categories.rows()),
            "countSpeechCategories": lambda _: Reply(len(self._categories)),
            "listSpeechTopics": lambda call: _page(call, self._matching_topics(call)),
            "countSpeechTopics": lambda call: Reply(len(self._matching_topics(call))),
        }

    def _fill(self, product: Product, clock: Clock) -> None:
        def example_row(operation_id: str) -> Node:
            return copy.deepcopy(response_example(product, operation_id)["content"][0])

        for index in range(ROWS):
            interaction = example_row("listInteractions")
            name = interaction["interactionGuid"] + (f"-{index}" if index else "")
            fields = {"agent": {"userReference": 283 + index % 2, "name": "Kim Doe"}, "customFields": {}}
            media = {"interactionType": _TYPES[index % len(_TYPES)], "interactionDuration": 60 + index}
            created = clock.before(hours=ROWS - 1 - index, minutes=30).strftime("%Y-%m-%dT%H:%M:%S")
            row = {**interaction, "interactionGuid": name, "createdAt": created, **fields, "media": media}
            self._interactions.put(name, row)
            user = {**response_example(product, "getUser"), "userReference": 283 + index, "active": index % 3 != 2}
            self._users.put(str(283 + index), user)
            evaluation = {**example_row("listEvaluations"), **response_example(product, "getEvaluation")}
            self._evaluations.put(str(45 + index), {**evaluation, "evaluationId": 45 + index})
            category = {**example_row("listSpeechCategories"), "categoryId": 1 + index, "name": f"Category {1 + index}"}
            self._categories.put(str(1 + index), category)

    def delete(self, call: Call) -> Reply:
        self._interactions.remove(call.parameter("interactionGuid"))
        return Reply()

    def write_field(self, call: Call) -> Reply:
        field = {"displayName": call.parameter("customFieldNo"), "value": call.body.decode()}
        self._interaction(call)["customFields"][call.parameter("customFieldNo")] = field
        return Reply()

    def clear_field(self, call: Call) -> Reply:
        self._interaction(call)["customFields"].pop(call.parameter("customFieldNo"), None)
        return Reply()

    def media(self, call: Call) -> Reply:
        interaction = self._interaction(call)
        kind = "mp3" if interaction["media"]["interactionType"] == "voiceInteraction" else "mp4"
        media_type = "audio/mpeg" if kind == "mp3" else "video/mp4"
        content = f"{interaction['interactionGuid']}\n".encode() * 100
        return Reply(stream=[content], media_type=media_type, headers={"Content-Length": str(len(content))})

    def redirect(self, call: Call) -> Reply:
        self._interactions.get(call.query["interactionGuid"])
        return Reply()

    def example(self, call: Call) -> Reply:
        self._interaction(call)
        return Reply(self._examples[call.operation.id])

    def people(self, call: Call) -> Reply:
        self._users.get(call.parameter("userReference"))
        return Reply(self._people[call.operation.id])

    def _interaction(self, call: Call) -> Node:
        return self._interactions.get(call.parameter("interactionGuid"))

    def _matching_interactions(self, call: Call) -> list[Node]:
        fields, text = call.values("customField"), call.query.get("customFieldValue")
        if bool(fields) != (text is not None):
            raise Problem(400, "customField and customFieldValue go together")
        start, end = (_normalize_time(call.query.get(name)) for name in ("startTS", "endTS"))
        return _filter(
            self._interactions.rows(),
            lambda row: start is None or row["createdAt"] >= start,
            lambda row: end is None or row["createdAt"] <= end,
            lambda row: _is_one_of(row, "interactionGuid", call.values("interactionGuid")),
            lambda row: _is_one_of(row, "agent.userReference", call.values("userReference")),
            lambda row: _is_one_of(row, "media.interactionType", call.values("interactionType")),
            lambda row: not fields or any(text in values_at(row, f"customFields.{name}.value") for name in fields),
        )

    def _matching_users(self, call: Call) -> list[Node]:
        return _filter(self._users.rows(), lambda row: _is_one_of(row, "active", call.values("activeUsers")))

    def _matching_evaluations(self, call: Call) -> list[Node]:
        return _filter(
            self._evaluations.rows(),
            lambda row: _is_one_of(row, "templateName", call.values("templateName")),
            lambda row: _is_one_of(row, "interactionGuid", call.values("interactionGuid")),
        )

    def _matching_topics(self, call: Call) -> list[Node]:
        category = self._categories.get(call.parameter("categoryId"))
        first = 10 * category["categoryId"]
        ids = {"categoryId": category["categoryId"]}
        return [{**self._topics, **ids, "topicId": first + index} for index in range(5)]


def _normalize_time(text: str | None) -> str | None:
    """Return a time in the format of responses, which can be compared as a string."""
    return None if text is None else text.replace(" ", "T")


def _filter(rows: list[Node], *tests: Callable[[Node], bool]) -> list[Node]:
    return [row for row in rows if all(test(row) for test in tests)]


def _is_one_of(row: Node, path: str, accepted: Sequence[str]) -> bool:
    return not accepted or any(value in accepted for value in values_at(row, path))


def _page(call: Call, rows: Sequence[Node]) -> Reply:
    page = numbered(call, rows, default=100)
    base = call.url.partition("?")[0]
    links: list[Node] = []
    if page.number > 0:
        links.append({"rel": "prevUrl", "href": f"{base}?page={page.number - 1}&size={page.size}", "type": "GET"})
    if page.has_more:
        links.append({"rel": "nextUrl", "href": f"{base}?page={page.number + 1}&size={page.size}", "type": "GET"})
    counts = {"pageNumber": page.number, "pageSize": page.size, "pageResultSize": len(page.rows)}
    return Reply({**counts, "content": list(page.rows), "links": links})
