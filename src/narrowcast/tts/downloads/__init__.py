"""Voices that can be had for this machine: what there is, fetching it, removing it."""
