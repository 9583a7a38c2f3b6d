"""People: who they are, how they come in, what they entered, spent and may take along."""
