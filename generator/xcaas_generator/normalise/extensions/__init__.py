"""The `x-xcaas-*` extensions: keys, rules for their values, and conversion to nodes of the IR."""
