"""The state of each product that has some. Products without a module here answer from their spec's examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from .cc_historical import Historical
from .cc_realtime import Realtime
from .oauth import TokenService
from .storage import Storage
from .work_analytics import WorkAnalyticsTokens

if TYPE_CHECKING:
    from .._app import Service
    from .._credentials import Credentials
    from .._specs import Product

__all__ = ["SELF_AUTHENTICATING", "services"]

# Operations that issue tokens judge what they are given themselves.
SELF_AUTHENTICATING: Final = frozenset({("oauth", "createToken")})


def services(products: tuple[Product, ...], credentials: Credentials, speed: float) -> Mapping[str, Service]:
    """One service per stateful product. `speed` hastens everything that takes time."""
    by_name = {product.name: product for product in products}
    made: dict[str, Service] = {
        "oauth": TokenService(credentials),
        "storage": Storage(speed),
        "cc_historical": Historical(speed),
        "work_analytics": WorkAnalyticsTokens(credentials),
    }
    if "cc_realtime" in by_name:
        made["cc_realtime"] = Realtime(by_name["cc_realtime"])
    return made
