"""Normalisation of documents of any OpenAPI 3 version and style into one plain form.

`normalise` converts schemas to shapes and classes, and operations to drafts. `parse.canonical.emit` writes them as a
canonical OpenAPI document that openapi-python-client's parser handles completely: every object and enum is a component
under its final name, without `allOf`, nested inline classes, or text that the parser might choke on.
"""
