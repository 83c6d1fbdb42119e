"""Credentials: their kinds, where their secrets come from, and the set that a client has."""
