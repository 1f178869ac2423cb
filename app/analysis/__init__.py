"""What the pictures show, worked out with NumPy alone: no Qt, no files."""
