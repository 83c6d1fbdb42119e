"""The site: guides, a page for each product, and texts for language models."""
