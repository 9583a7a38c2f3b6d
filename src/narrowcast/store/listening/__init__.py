"""What listeners keep and hear: bookmarks, feeds, play intervals."""
