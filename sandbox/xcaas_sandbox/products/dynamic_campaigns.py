"""Dynamic Campaigns: their status, and customers, which are added with a result for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from .._examples import response_example
from .._replies import Problem, Reply

if TYPE_CHECKING:
    from .._clock import Clock
    from .._handlers import Call, Handler
    from .._specs import Node, Product

__all__ = ["DynamicCampaigns"]

CAMPAIGNS: Final = (125, 126)
# Account numbers in the CRM.
CUSTOMERS: Final = range(10003600, 10003700)
_STATUS_IDS: Final = {"RUNNING": 3, "PAUSED": 8, "PURGED": 10, "STOPPED": 5}
_MAX_AHEAD: Final = timedelta(days=7)


@dataclass
class _Campaign:
    id: int
    status: str = "RUNNING"
    customers: list[int] = field(default_factory=lambda: [10003629])


class DynamicCampaigns:
    """Two campaigns with one customer each."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self._clock = clock
        self._campaign_example: Node = response_example(product, "getCampaign")["campaign"]
        self._record_example: Node = response_example(product, "listCampaignRecords")["records"]["record"][0]
        self._campaigns = {number: _Campaign(number) for number in CAMPAIGNS}
        self.handlers: dict[str, Handler] = {
            "getCampaign": self.get,
            "listCampaignRecords": self.records,
            "changeCampaignStatus": self.change_status,
            "addCustomers": self.add,
            "deleteCustomer": self.delete,
        }

    def get(self, call: Call) -> Reply:
        campaign = self._campaign(call, "campaignId")
        data = {"campaign-id": campaign.id, "status": _STATUS_IDS[campaign.status]}
        return Reply(
            {"campaign": {**self._campaign_example, **data, "no-of-records": len(campaign.customers)}},
        )

    def records(self, call: Call) -> Reply:
        campaign = self._campaign(call, "campaignId")
        rows = [
            {**self._record_example, "campaign-id": campaign.id, "record-id": customer, "status": 0}
            for customer in campaign.customers
        ]
        return Reply({"records": {"record": rows}})

    def change_status(self, call: Call) -> Reply:
        campaign, status = self._campaign(call, "campaign-id"), call.json()["status"]
        if status not in _STATUS_IDS:
            raise Problem(400, f"Unknown status {status}")
        if campaign.status == "STOPPED":
            raise Problem(400, "The campaign is stopped for good")
        campaign.status = status
        return Reply({"message": "Status changed"})

    def add(self, call: Call) -> Reply:
        campaign = self._campaign(call, "campaign-id")
        return Reply([self._add_one(campaign, entry) for entry in call.json()], status=207)

    def delete(self, call: Call) -> Reply:
        campaign, customer = self._campaign(call, "campaign-id"), call.parameter("customer-id")
        if not customer.isdecimal() or int(customer) not in campaign.customers:
            raise Problem(404, f"Customer {customer} is not in the campaign")
        campaign.customers.remove(int(customer))
        return Reply(status=204)

    def _add_one(self, campaign: _Campaign, entry: Node) -> Node:
        number = str(entry["customer-id"])
        customer = int(number) if number.isdecimal() else None
        status, message = self._check_customer(campaign, customer, entry.get("schedule-date-time"))
        if status == 200 and customer is not None:
            campaign.customers.append(customer)
        result: Node = {**entry, "customer-id": customer, "http-status": status}
        return {**result, "message": message} if message else result

    def _check_customer(self, campaign: _Campaign, customer: int | None, at: str | None) -> tuple[int, str | None]:
        if customer is None:
            return 400, "The customer's id is no number"
        if customer not in CUSTOMERS:
            return 404, "There is no such customer"
        if customer in campaign.customers:
            return 400, "Duplicate customer"
        if at is not None and not self._is_soon(at):
            return 400, "The time must be in the future, within 7 days"
        return 200, None

    def _is_soon(self, text: str) -> bool:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return False
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        return now < at.replace(tzinfo=at.tzinfo or UTC) <= now + _MAX_AHEAD

    def _campaign(self, call: Call, parameter: str) -> _Campaign:
        number = call.parameter(parameter)
        campaign = self._campaigns.get(int(number))
        if campaign is None:
            raise Problem(404, f"There is no campaign {number}")
        return campaign
