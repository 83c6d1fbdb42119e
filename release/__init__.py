"""Releases: their files, and tests on other versions of Python and of libraries."""
