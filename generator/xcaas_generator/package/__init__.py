"""A generated package on the disk: its lock, staging, verification and public names."""
