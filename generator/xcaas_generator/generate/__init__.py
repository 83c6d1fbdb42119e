"""Generation of packages from documents."""
