"""The HTTP server: its API, who is asking, and how faults are answered."""
