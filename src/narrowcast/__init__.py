"""Narrowcast turns what a person has to read into episodes to listen to."""

__version__ = "0.1.0"
