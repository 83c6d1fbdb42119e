"""Selection of credentials for operations, and their place on requests."""
