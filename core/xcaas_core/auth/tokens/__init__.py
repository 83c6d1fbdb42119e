"""Access tokens: asked for once, refreshed in time, shared by all callers."""
