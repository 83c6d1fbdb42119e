"""The `x-xcaas-*` extensions: their keys, what may stand there, and the nodes that they become."""
