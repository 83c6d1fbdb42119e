"""Comparison of two documents, from the point of view of callers."""
