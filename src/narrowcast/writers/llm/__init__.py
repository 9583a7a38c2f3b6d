"""The writer that asks a language model: prompts, streamed answers taken apart item by item, repair."""
