"""From files to plain trees, with their references and positions."""
