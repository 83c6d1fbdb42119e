"""Generated packages on disk: lockfile, staging, verification and public API."""
