"""What the timeline marks, in numbers."""
