"""Conversion of the normalised document to the IR, with the parser of openapi-python-client."""
