"""What to do about a 401 or 403, as far as the credential's side is known."""

from __future__ import annotations

from ...operations._product import Product
from ..tokens._token import TokenInfo

__all__ = ["PRODUCT_REFUSALS", "about_key", "about_token"]

_ADD = "add it to the key in the Admin Console; a change shows up only after a replication delay of some minutes."

# Words in the gateway's error codes that speak of the key's products, not of the token.
PRODUCT_REFUSALS = (b"ApiProduct", b"insufficient_scope")


def about_token(product: Product, info: TokenInfo, status: int) -> str | None:
    """Advice after the server refused a call that carried a token."""
    name = product.console_name
    if name is not None and info.products and name not in info.products:
        has = ", ".join(f"“{other}”" for other in info.products)
        return f"The key has no product “{name}” (it has {has}): {_ADD}"
    if name in info.products and status == 403:
        return f"The key has the product “{name}”, but may lack the right to this call: it may be a read-only key."
    if name is not None and status == 403:
        return f"If the key has no product “{name}”: {_ADD}"
    if status == 401:
        return "A new token was refused too, or could not be tried. Check that the key still exists and is for this product."
    return None


def about_key(product: Product, status: int) -> str | None:
    """Advice after the server refused a key, a tenant's token or a password."""
    name = f" and has the product “{product.console_name}”" if product.console_name else ""
    if status == 401:
        return f"Check that the key or token given to the client is right, still exists{name}."
    if product.console_name is not None:
        return f"If the key has no product “{product.console_name}”: {_ADD}"
    return None
