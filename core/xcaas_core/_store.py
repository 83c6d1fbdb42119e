"""What stores that processes share are given: names for secrets, and tokens that are masked when shown."""

from __future__ import annotations

import hashlib
import os

from ._secrets import MASK, Secret

__all__ = ["MaskedBytes", "store_digest"]

_PEPPER = os.urandom(32)
_MOST_DIGESTS = 256


class MaskedBytes(bytes):
    """A token on its way into or out of a cache, masked when shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b'{MASK}'"

    __str__ = __repr__


def store_digest(principal: str, secret: Secret) -> str:
    """Return a name for a secret in keys of a shared token store.

    Such keys are read by others (a Redis `KEYS`, a listing of a folder) and a secret may be a
    password that somebody chose, so the hash is a slow one, worked out once per process.
    """
    known = hashlib.blake2b(f"{principal}\0{secret.reveal()}".encode(), key=_PEPPER).digest()
    found = _digests.get(known)
    if found is None:
        salt = hashlib.sha256(b"xcaas store key\0" + principal.encode()).digest()
        found = hashlib.scrypt(secret.reveal().encode(), salt=salt, n=2**12, r=8, p=1, dklen=16).hex()
        if len(_digests) >= _MOST_DIGESTS:
            _digests.clear()
        _digests[known] = found
    return found


_digests: dict[bytes, str] = {}
