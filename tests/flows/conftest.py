"""Property tests of this folder are bounded in examples, not in time: a busy machine is no counterexample."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("flows", deadline=None)
settings.load_profile("flows")
