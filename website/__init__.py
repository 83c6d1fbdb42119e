"""The site: the guides, a page per product made from the generated package, and texts for language models."""
