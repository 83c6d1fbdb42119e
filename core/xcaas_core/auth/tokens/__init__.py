"""Access tokens: requests, renewal, caches."""
