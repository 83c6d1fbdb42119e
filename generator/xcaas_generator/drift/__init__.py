"""Differences between the specs and the vendor's own documents."""
