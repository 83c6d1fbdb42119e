"""From the normalised document, through the parser of openapi-python-client, to the IR."""
