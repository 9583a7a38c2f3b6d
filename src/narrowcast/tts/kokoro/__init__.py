"""Kokoro's voices, run on this machine."""
