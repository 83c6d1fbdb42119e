"""The keys of the `x-xcaas-*` extensions. specs/README.md describes them."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "x-xcaas-product"
SOURCE: Final = "x-xcaas-from"
ZONE: Final = "x-xcaas-zone"
FILTER: Final = "x-xcaas-filter"
NAMES: Final = "x-xcaas-names"
REQUIRED: Final = "x-xcaas-required"
RESOURCE: Final = "x-xcaas-resource"
NAME: Final = "x-xcaas-name"
CREDENTIAL: Final = "x-xcaas-credential"
OPTIONS: Final = "x-xcaas-options"
ERROR: Final = "x-xcaas-error"
NO_BODY: Final = "x-xcaas-no-body"
PAGINATION: Final = "x-xcaas-pagination"
POLLER: Final = "x-xcaas-poller"
DOWNLOAD: Final = "x-xcaas-download"
RETRY: Final = "x-xcaas-retry"
HEADERS: Final = "x-xcaas-headers"
RESPONSE: Final = "x-xcaas-response"
SIGNATURE: Final = "x-xcaas-signature"
SLICES: Final = "x-xcaas-slices"

PREFIX: Final = "x-xcaas-"
KEYS: Final = frozenset(
    (
        *(PRODUCT, SOURCE, ZONE, FILTER, NAMES, REQUIRED, RESOURCE, NAME, CREDENTIAL, OPTIONS, ERROR, NO_BODY),
        *(PAGINATION, POLLER, DOWNLOAD, RETRY, HEADERS, RESPONSE, SIGNATURE, SLICES),
    )
)
