"""One run: from documents to a package on the disk."""
