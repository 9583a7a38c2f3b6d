"""Telling people, and other programs, what became of their jobs."""
