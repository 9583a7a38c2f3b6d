"""What was heard: positions, coverage, streaks and heatmaps, from play intervals. Pure."""
