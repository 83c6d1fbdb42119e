"""The state of each product. Operations without a handler respond from their spec's examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .._event_log import Events
from ._floor import Floor
from .administration import Administration
from .agent_status import AgentStatus
from .audit_records import AuditRecords
from .calls import Calls
from .campaigns import Campaigns
from .cc_chat import CCChat
from .cc_historical import Historical
from .cc_realtime import Realtime
from .chat_gateway import ChatGateway
from .contacts import Contacts
from .customer_360 import Customer360
from .customer_experience import CustomerExperience
from .data_augmentation import DataAugmentation
from .dynamic_campaigns import DynamicCampaigns
from .journey import Journeys
from .oauth import TokenService
from .quality_management import QualityManagement
from .storage import Storage
from .work_analytics import WorkAnalytics
from .work_chat import WorkChat

if TYPE_CHECKING:
    from .._clock import Clock
    from .._credentials import Credentials
    from .._handlers import Service
    from .._specs import Product
    from .._webhooks import Webhooks

__all__ = ["SELF_AUTHENTICATING", "Services"]

# Operations that issue tokens check credentials themselves.
SELF_AUTHENTICATING: Final = frozenset({("oauth", "createToken")})


class Services:
    """One service per product, created on first use, with its initial data."""

    def __init__(
        self, products: tuple[Product, ...], credentials: Credentials, clock: Clock, webhooks: Webhooks
    ) -> None:
        self._products = {product.name: product for product in products}
        self._factories = _factories(Floor(clock), credentials, clock, webhooks)
        self._services: dict[str, Service] = {}

    def get(self, name: str) -> Service | None:
        """Return the service of a product; None if it responds only with its spec's examples."""
        product = self._products.get(name)
        if product is not None and name not in self._services and name in self._factories:
            self._services[name] = self._factories[name](product)
        return self._services.get(name)

    @property
    def events(self) -> Events:
        """The log of event streaming, for tests that publish."""
        service = self.get("events")
        assert isinstance(service, Events)
        return service


def _factories(
    floor: Floor, credentials: Credentials, clock: Clock, webhooks: Webhooks
) -> dict[str, Callable[[Product], Service]]:
    return {
        "administration": lambda product: Administration(product, clock),
        "agent_status": lambda _: AgentStatus(floor),
        "audit_records": lambda product: AuditRecords(product, clock),
        "calls": lambda _: Calls(floor),
        "campaigns": lambda _: Campaigns(clock),
        "cc_chat": lambda product: CCChat(product, clock, webhooks),
        "cc_historical": lambda _: Historical(clock),
        "cc_realtime": lambda product: Realtime(product, clock),
        "chat_gateway": lambda product: ChatGateway(product, clock, webhooks),
        "contacts": lambda product: Contacts(product, clock),
        "customer_360": Customer360,
        "data_augmentation": lambda _: DataAugmentation(floor),
        "dynamic_campaigns": lambda product: DynamicCampaigns(product, clock),
        "events": lambda _: Events(clock),
        "journey": lambda product: Journeys(product, clock),
        "oauth": lambda _: TokenService(credentials, clock),
        "post_call_survey": lambda product: CustomerExperience(product, "listSurveyResults", clock),
        "quality_management": lambda product: QualityManagement(product, clock),
        "recent_calls": lambda product: CustomerExperience(product, "listRecentCalls", clock),
        "storage": lambda _: Storage(clock),
        "work_analytics": lambda product: WorkAnalytics(product, credentials, clock),
        "work_chat": lambda product: WorkChat(product, clock),
    }
