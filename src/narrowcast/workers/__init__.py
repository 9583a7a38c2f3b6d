"""Hands for the queue: claim a job, run it, say how it ended; and the sweeper."""
