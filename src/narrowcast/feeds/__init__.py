"""Podcast feeds: RSS and its companions, from plain values."""
