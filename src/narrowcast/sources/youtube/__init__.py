"""The captions of YouTube's videos."""
