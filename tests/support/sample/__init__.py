"""A product as the generator writes it, as far as models go."""
