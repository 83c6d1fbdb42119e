"""A small product with everything that flows deal with: lists, jobs, files."""
