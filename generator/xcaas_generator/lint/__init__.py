"""House rules for this repository's own specs."""
