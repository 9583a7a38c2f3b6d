"""Covers: drawn from a title, or a person's own picture made fit for players."""
