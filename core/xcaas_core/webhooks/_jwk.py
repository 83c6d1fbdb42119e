"""Public RSA keys as JWK (RFC 7517)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from .._checks import is_object
from .._json import loads
from ._signature import from_base64url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

__all__ = ["read_jwk", "rsa_key"]

_BITS: Final = range(2048, 8193)


def read_jwk(content: bytes, key_id: str) -> RSAPublicKey:
    """Return the key that a response holds.

    Raises:
        ValueError: It holds no such key.
    """
    value = loads(content)
    if isinstance(value, str):
        value = loads(value)  # one of the vendor's documents says that the key comes as text
    if not is_object(value):
        raise ValueError("this is no JSON object")
    return rsa_key(value, key_id)


def rsa_key(jwk: Mapping[str, object], key_id: str) -> RSAPublicKey:
    """Return a JWK as a key that can verify.

    Raises:
        ValueError: It has another id, is for something else, or is too small to be trusted.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    if jwk.get("kty") != "RSA" or jwk.get("kid", key_id) != key_id:
        raise ValueError("this is no RSA key, or one of another id")
    if jwk.get("alg", "RS256") != "RS256" or jwk.get("use", "sig") != "sig":
        raise ValueError("this key is for something else")
    modulus, exponent = _number(jwk.get("n")), _number(jwk.get("e"))
    if modulus.bit_length() not in _BITS or not 2 < exponent < 1 << 32:
        raise ValueError("this key has an odd size")
    return RSAPublicNumbers(exponent, modulus).public_key()


def _number(text: object) -> int:
    if not isinstance(text, str):
        raise ValueError("a number of the key is missing")
    return int.from_bytes(from_base64url(text.rstrip("=")), "big")
