"""A small product with lists, jobs and files."""
