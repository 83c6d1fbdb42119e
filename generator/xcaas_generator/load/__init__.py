"""Parsing of files, with references and source positions."""
