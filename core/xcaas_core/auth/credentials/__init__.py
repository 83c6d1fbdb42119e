"""Credentials: kinds, sources of secrets, and the set of a client."""
