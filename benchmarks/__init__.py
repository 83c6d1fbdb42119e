"""Benchmarks: each one a ratio against a named peer, measured in the same run."""
