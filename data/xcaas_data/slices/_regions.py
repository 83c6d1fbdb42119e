"""Which regions there are."""

from __future__ import annotations

import xcaas

from ._errors import SliceError
from ._facts import regions_of

__all__ = ["regions"]


def regions(client: xcaas.XCaaS, product: str = "storage") -> list[str]:
    """Return the regions in which a product may have something of the customer's, in order.

    Of storage the service tells which ones the customer has, in one small call. Of other products these are all that
    the specs know.

    Raises:
        SliceError: The product does not live in regions.
    """
    known = regions_of(product)
    if not known:
        raise SliceError(f"{product} does not live in regions")
    if product != "storage":
        return known
    return sorted(str(region) for region in client.with_options(region=None).storage.regions.list())
