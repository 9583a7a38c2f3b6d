"""Finding the passages that a question or a segment needs."""
