"""The writer that uses no model: a deterministic conversation out of the source's own key sentences."""
