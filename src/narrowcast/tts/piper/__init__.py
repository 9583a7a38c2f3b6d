"""Piper's voices, run on this machine."""
