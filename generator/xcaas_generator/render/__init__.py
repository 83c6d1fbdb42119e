"""Rendering of plans to source code."""
