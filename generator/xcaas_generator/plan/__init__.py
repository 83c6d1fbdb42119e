"""From the IR to the pieces that templates put together."""
