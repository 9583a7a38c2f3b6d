"""The order of work: write, speak, mix, finish; decisions are pure, progress is a stream of events."""
