"""An application for Django's `INSTALLED_APPS` that brings one command."""
