"""Files: transfers that are verified, resumed, and appear on disk when they are complete."""
