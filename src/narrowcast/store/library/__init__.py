"""What episodes are made from: sources, notebooks, profiles."""
