"""What the view shows, worked out with NumPy alone: no Qt, no files."""
