"""Python as text: names, code, imports, docstrings and annotations."""
