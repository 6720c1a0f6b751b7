"""What is asked and said at the prompt, command by command."""
