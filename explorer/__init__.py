"""Deep perceptual similarity, explored: what networks' features say of two pictures."""

__version__ = "0.1.0"
