"""Clients and their resources, raw and streaming calls, credentials for users' own HTTP clients."""
