"""`xcaas mcp`: a few tools of the services for language models, over the Model Context Protocol."""
