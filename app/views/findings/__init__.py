"""What is wrong in a run: in which layers, since when, and why."""
