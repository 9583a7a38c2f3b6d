"""Sound that plays while the rest of its episode is being made."""
