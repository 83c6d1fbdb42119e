"""The site: guides from `docs/`, and a reference of every product, read from the generated clients."""
