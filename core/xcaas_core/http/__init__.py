"""HTTP beyond any library: media types, URLs, header fields."""
