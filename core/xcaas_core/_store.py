"""Names for secrets in stores that processes share."""

from __future__ import annotations

import hashlib
import os

from ._secrets import Secret

__all__ = ["store_digest"]

_PEPPER = os.urandom(32)
_MAX_DIGESTS = 256


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
        if len(_digests) >= _MAX_DIGESTS:
            _digests.clear()
        _digests[known] = found
    return found


_digests: dict[bytes, str] = {}
