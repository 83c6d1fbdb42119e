"""Requests, responses, the steps of flows, and the drivers that carry them out."""
