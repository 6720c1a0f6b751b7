"""Many pairs: each picture read once, memory bounded, numbers as of one pair alone."""
