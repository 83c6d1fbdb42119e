"""The site: guides as they are, a page per product made of the generated package, and texts for language models."""
