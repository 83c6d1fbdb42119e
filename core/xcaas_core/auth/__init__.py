"""Credentials and tokens: kinds, sources, renewal, and use on requests."""
