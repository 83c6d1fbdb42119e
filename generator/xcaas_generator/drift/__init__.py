"""How the specs differ from the vendor's own documents."""
