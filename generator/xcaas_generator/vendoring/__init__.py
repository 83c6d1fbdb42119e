"""`xcaas-gen vendor`: a self-contained copy of chosen clients, inside somebody else's repository.

A copy holds the generated packages of its products, the modules of core that they
import, and `xcaas-vendor.toml`, which says what it was made from. Modules are those
of the installed `xcaas`, whole, so that only `--spec` needs the generator's own
libraries.
"""
