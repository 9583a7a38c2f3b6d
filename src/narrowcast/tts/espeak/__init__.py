"""The built-in voices: espeak-ng, spoken to in a child process."""
