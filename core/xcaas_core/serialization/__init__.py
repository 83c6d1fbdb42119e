"""From Python values to requests, and from responses to Python values."""
