"""`xcaas-gen vendor`: a self-contained copy of chosen clients, inside somebody else's repository.

A copy holds the generated packages of its products, that part of core which they
import, and `xcaas-vendor.toml`, which says what it was made from. Products are
copied from the installed `xcaas`, so that only `--spec` needs the generator's own
libraries.
"""
