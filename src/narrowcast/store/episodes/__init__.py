"""Episodes: begun, published in revisions, edited, uploaded, found, deleted."""
