"""Which credential opens an operation, and where it goes on the request."""
