"""Token caches: what lets several credential objects, or several processes, share one token.

Without one, a token belongs to the credentials object that obtained it. `MemoryTokenCache` shares
within a process, `FileTokenCache` between the commands that a user runs one after another,
`RedisTokenCache` between any number of workers. Anything with the four methods of `TokenCache` will do.
A vendored copy that nobody asked for them has `_absent.py` here.
"""

from ._sharing import CachingFetcher as CachingFetcher
from ._sharing import TokenCache as TokenCache

__all__ = ["CachingFetcher", "TokenCache"]
