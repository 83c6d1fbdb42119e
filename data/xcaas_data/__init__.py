"""Bulk work on top of the public package `xcaas`: slices of lists, incremental runs, recordings as files."""
