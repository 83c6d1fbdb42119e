"""Benchmarks. Each measures a ratio to a named peer, in the same run."""
