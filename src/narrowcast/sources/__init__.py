"""Sources: readers by format, passages, and retrieval."""
