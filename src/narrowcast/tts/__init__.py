"""Voices: one file a provider behind one small Protocol."""
