"""OpenAI's voices, and those of any server that speaks its wire."""
