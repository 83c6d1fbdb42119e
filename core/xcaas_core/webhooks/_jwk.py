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
    """Return the key in a response.

    Raises:
        ValueError: There is no such key.
    """
    value = loads(content)
    if isinstance(value, str):
        value = loads(value)  # one of the vendor's documents describes the key as a string of JSON
    if not is_object(value):
        raise ValueError("this is no JSON object")
    return rsa_key(value, key_id)


def rsa_key(jwk: Mapping[str, object], key_id: str) -> RSAPublicKey:
    """Return the public key of a JWK.

    Raises:
        ValueError: It has another id, use, or an unsafe size.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    if jwk.get("kty") != "RSA" or jwk.get("kid", key_id) != key_id:
        raise ValueError("this is no RSA key, or one of another id")
    if jwk.get("alg", "RS256") != "RS256" or jwk.get("use", "sig") != "sig":
        raise ValueError("this key is for something else")
    modulus, exponent = _decode_number(jwk.get("n")), _decode_number(jwk.get("e"))
    if modulus.bit_length() not in _BITS or not 2 < exponent < 1 << 32:
        raise ValueError("this key has an odd size")
    return RSAPublicNumbers(exponent, modulus).public_key()


def _decode_number(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError("a number of the key is missing")
    return int.from_bytes(from_base64url(value.rstrip("=")), "big")
