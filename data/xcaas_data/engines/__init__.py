"""Slices for engines that schedule work on their own: a thin module each, whose engine is an extra of its own."""
