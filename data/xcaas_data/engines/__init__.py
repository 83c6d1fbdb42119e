"""Slices for engines that schedule work themselves: one thin module and one extra for each."""
