"""From cues to prose."""
