"""Property tests are bounded in examples, not in time: a busy machine is no counterexample."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("bounded", deadline=None)
settings.load_profile("bounded")
