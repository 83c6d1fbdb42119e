"""Credentials in forked processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_locks_held_at_a_fork_are_free_in_the_child() -> None:
    code = """
        import os, sys
        from tests.support.credentials import World
        from xcaas_core import ApiKey, MemoryTokenCache
        from xcaas_core.auth.credentials._set import CredentialSet
        world, cache, credentials = World(), MemoryTokenCache(), CredentialSet.parse(lambda: ApiKey("k"))
        world.token()
        world.manager._lock.acquire()
        cache._lock.acquire(); credentials._lock.acquire()
        child = os.fork()
        if child == 0:
            world.clock.advance(2000)
            world.token(); world.credential.update_credentials("new")
            cache.write("k", b"x", 1); credentials._reload()
            os._exit(7)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    root = Path(__file__).parents[3]
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=30, check=False, cwd=root)
    assert result.returncode == 7
