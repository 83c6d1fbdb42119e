"""Streams of events over a WebSocket: frames, acknowledgements, and going on after a cut."""

from __future__ import annotations
