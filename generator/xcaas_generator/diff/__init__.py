"""What changed between two documents for a caller."""
