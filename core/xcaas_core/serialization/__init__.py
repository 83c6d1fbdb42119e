"""Conversion of Python values to requests, and of responses to Python values."""
