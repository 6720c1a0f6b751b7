"""Deep perceptual similarity, explored: what networks' features say of two pictures."""

import os

# Sorting runs beside torch on the same cores. By default torch's idle threads keep spinning for
# milliseconds and take a core from it; this halves the time of a sort and costs forwards nothing.
# It counts only if torch is not imported yet.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

__version__ = "0.1.0"
