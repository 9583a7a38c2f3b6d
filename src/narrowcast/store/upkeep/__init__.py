"""Looking after the whole: backup, restore, checks, collection."""
