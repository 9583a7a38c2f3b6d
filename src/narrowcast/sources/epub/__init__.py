"""What an EPUB consists of."""
