"""What stands between calls and the HTTP library: a guard over its connections, and limits on its waiting."""
