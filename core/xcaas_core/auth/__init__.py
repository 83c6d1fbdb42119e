"""Credentials and tokens: the kinds that users make, where they come from, and how they get onto requests."""
