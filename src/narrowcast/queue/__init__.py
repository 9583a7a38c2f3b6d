"""The queue's decisions: who is next, when to try again, how long it takes. Kinds are strings to it."""
