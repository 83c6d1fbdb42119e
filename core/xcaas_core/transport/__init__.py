"""Transports over the HTTP library, with guarded connections and enforced deadlines."""
