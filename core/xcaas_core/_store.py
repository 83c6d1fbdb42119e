"""Names for secrets in shared token stores."""

from __future__ import annotations

import hashlib
import os

from ._secrets import Secret

__all__ = ["store_digest"]

_PEPPER = os.urandom(32)
_MAX_DIGESTS = 256


def store_digest(principal: str, secret: Secret) -> str:
    """Return a name for a secret in keys of a shared token store.

    Others can read such keys (Redis `KEYS`, a listing of a folder), and a secret may be a
    weak password, so the hash is a slow one, computed once per process.
    """
    cache_key = hashlib.blake2b(f"{principal}\0{secret.reveal()}".encode(), key=_PEPPER).digest()
    digest = _digests.get(cache_key)
    if digest is None:
        salt = hashlib.sha256(b"xcaas store key\0" + principal.encode()).digest()
        digest = hashlib.scrypt(secret.reveal().encode(), salt=salt, n=2**12, r=8, p=1, dklen=16).hex()
        if len(_digests) >= _MAX_DIGESTS:
            _digests.clear()
        _digests[cache_key] = digest
    return digest


_digests: dict[bytes, str] = {}
