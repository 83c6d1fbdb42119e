"""Lists that come page by page: pagers, pages, resuming."""
