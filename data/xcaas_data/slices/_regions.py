"""Regions of a product."""

from __future__ import annotations

import xcaas

from ._errors import SliceError
from ._specs import regions_of

__all__ = ["regions"]


def regions(client: xcaas.XCaaS, product: str = "storage") -> list[str]:
    """Return the regions of a product, sorted.

    For storage, the service is asked which ones the customer has, in one small call. For other products, these are all
    regions in the specs.

    Raises:
        SliceError: The product has no regions.
    """
    spec_regions = regions_of(product)
    if not spec_regions:
        raise SliceError(f"{product} has no regions")
    if product != "storage":
        return spec_regions
    return sorted(str(region) for region in client.with_options(region=None).storage.regions.list())
