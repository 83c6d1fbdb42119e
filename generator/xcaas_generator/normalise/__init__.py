"""Rewriting a document, whatever its version and habits, into one plain form.

`normalise` reads schemas into shapes and classes, and operations into drafts; `emit`
writes them down as a canonical OpenAPI document that openapi-python-client's parser takes whole:
every object and enum a component under its final name, no `allOf`, no nested inline
class, no text that could upset it.
"""
