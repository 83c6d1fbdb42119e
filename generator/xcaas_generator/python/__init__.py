"""Python source code: names, code, imports, docstrings and annotations."""
