"""What things cost, with what they cost elsewhere beside it."""
