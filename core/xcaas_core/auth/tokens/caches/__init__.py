"""Token caches, through which credential objects or processes share one token.

Without one, a token belongs to the credentials object that obtained it. `MemoryTokenCache` shares
within a process, `FileTokenCache` between the commands that a user runs one after another,
`RedisTokenCache` between any number of workers. Any object with the methods of `TokenCache` works.
A vendored copy without them has `_absent.py` here.
"""

from ._sharing import CachingFetcher as CachingFetcher
from ._sharing import TokenCache as TokenCache

__all__ = ["CachingFetcher", "TokenCache"]
