"""Customer 360: insights for exactly one identity, and summaries, of which some may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["Customer360"]

_IDENTITIES: Final = ("contactId", "accountId", "email", "phoneNumber")
MAX_SUMMARIES: Final = 50
# The summary of this interaction is not available yet; other unknown ones have none.
PENDING: Final = "int-19b1c7"


class Customer360:
    """One customer's interactions. The spec's example has the only summary."""

    def __init__(self, product: Product) -> None:
        self._insights: Node = response_example(product, "getInteractionsInsight")
        self._summaries: list[Node] = response_example(product, "getTranscriptSummaries")["summaries"]
        self.handlers: dict[str, Handler] = {
            "getInteractionsInsight": self.insights,
            "getTranscriptSummaries": self.summaries,
        }

    def insights(self, call: Call) -> Reply:
        identities = [name for name in _IDENTITIES if name in call.query]
        if len(identities) != 1:
            raise Problem(400, f"Give exactly one of {', '.join(_IDENTITIES)}")
        crm = call.query.get("crmId")
        if crm not in (None, "native"):
            raise Problem(400, "crmId can only be native")
        if identities == ["contactId"] and crm is None:
            raise Problem(400, "contactId needs crmId")
        if identities[0] in ("email", "phoneNumber") and crm is not None:
            raise Problem(400, f"{identities[0]} takes no crmId")
        return Reply(self._insights)

    def summaries(self, call: Call) -> Reply:
        ids = call.values("interactionId")
        if len(ids) > MAX_SUMMARIES:
            raise Problem(400, f"More than {MAX_SUMMARIES} interactions")
        known = {summary["interactionId"]: summary for summary in self._summaries}
        failures = [
            {"interactionId": name, "reason": f"Summary not {'available' if name == PENDING else 'found'}"}
            for name in ids
            if name not in known
        ]
        return Reply({"summaries": [known[name] for name in ids if name in known], "partialFailures": failures})
