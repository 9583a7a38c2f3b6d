"""What a Word document consists of."""
