"""A Django application with one management command."""
