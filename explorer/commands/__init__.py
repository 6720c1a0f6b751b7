"""The commands of the prompt: one a file, with `add` for its flags and `run` for its work."""
