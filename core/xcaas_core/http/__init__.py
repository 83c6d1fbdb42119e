"""Media types, URLs and header fields."""
