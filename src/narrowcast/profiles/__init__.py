"""Episode and speaker profiles: the shipped ones, and files in podcast-creator's format."""
