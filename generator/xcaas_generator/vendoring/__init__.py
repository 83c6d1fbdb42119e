"""`xcaas-gen vendor`: self-contained copies of clients, for other repositories.

A copy contains the generated packages of its products, the modules of core that they import, and `xcaas-vendor.toml`,
which records its origin. Modules are copied whole from the installed `xcaas`, so only `--spec` needs the generator's
libraries.
"""
