"""Streams of events over a WebSocket: frames, acknowledgements, reconnecting."""

from __future__ import annotations
