"""Calls: the engine, retries, rate limits, hooks, options, and the errors that follow."""
