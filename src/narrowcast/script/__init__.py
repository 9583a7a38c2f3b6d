"""Pure values: sources, profiles, outlines, scripts, timelines, and what can be said of them without any I/O."""
