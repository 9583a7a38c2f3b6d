"""Sound: decode, loudness, mix, encode, tags, cover. Knows nothing of episodes."""
